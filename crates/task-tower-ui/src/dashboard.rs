//! The public entry: a dashboard with its options, which becomes a router.

use std::sync::Arc;

use axum::Router;
use task_tower::Console;

use crate::access::Access;
use crate::code::CodeUrl;
use crate::desk::{Desk, Told};
use crate::driver::Driver;
use crate::headcount::Headcount;
use crate::headers::Headers;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::mode::Mode;
use crate::redact::Redact;
use crate::router::routes;
use crate::trace_url::TraceUrl;

/// A dashboard with options.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let tower = task_tower::TaskTower::builder().build().await?;
/// use task_tower_ui::{Access, Color, Dashboard, Redact};
///
/// let dashboard = Dashboard::new(tower.console(), Access::loopback())
///     .instance("shop-production", Color::Red)
///     .redact(Redact::default().key("iban"))
///     .router();
/// let application: axum::Router = axum::Router::new().nest("/task-tower", dashboard);
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Dashboard {
    console: Console,
    access: Access,
    redact: Redact,
    headers: Headers,
    metrics: Metrics,
    trace_url: Option<TraceUrl>,
    instance: Option<Instance>,
    place: Option<String>,
    peers: Vec<Peer>,
    proxies: u8,
    code: Option<CodeUrl>,
}

/// Which of several towers this is.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) name: String,
    pub(crate) color: Color,
    /// Where it is.
    pub(crate) place: Option<String>,
}

/// Another tower, with a dashboard of its own.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(crate) color: Color,
    pub(crate) address: String,
}

/// The color of a dashboard's stripe. It never stands alone: the name is beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Color {
    /// For what must not be touched by mistake.
    Red,
    /// For what is nearly as precious.
    Orange,
    /// For what is safe.
    Green,
    /// One that says nothing about danger.
    Blue,
    /// Another one.
    Violet,
    /// For what nobody needs to notice.
    Gray,
}

impl Color {
    /// Its name: `red`, `orange`, `green`, `blue`, `violet` or `gray`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Violet => "violet",
            Self::Gray => "gray",
        }
    }
}

impl Dashboard {
    /// A dashboard of this tower, for those whom `access` lets in.
    pub fn new(console: Console, access: Access) -> Self {
        Self {
            console,
            access,
            redact: Redact::default(),
            headers: Headers::default(),
            metrics: Metrics::default(),
            trace_url: None,
            instance: None,
            place: None,
            peers: Vec::new(),
            proxies: 0,
            code: None,
        }
    }

    /// Says on every page, by a name and a stripe of color, which tower this is. The window has the name in its title and
    /// the color in its icon. Without it, no page does.
    pub fn instance(mut self, name: impl Into<String>, color: Color) -> Self {
        self.instance = Some(Instance { name: name.into(), color, place: None });
        self
    }

    /// Where that tower is, such as `eu-central`; stands below its name.
    pub fn place(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Another tower, of which every page has a link to its dashboard: several are several of them.
    ///
    /// # Panics
    ///
    /// If the address is none of the web: it begins with `https://`, with `http://`, or with one slash.
    pub fn peer(mut self, name: impl Into<String>, color: Color, address: impl Into<String>) -> Self {
        let address = address.into();
        let is_path = address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/\\");
        let is_web = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
        assert!(is_path || is_web, "{address} is no address of a dashboard");
        self.peers.push(Peer { name: name.into(), color, address });
        self
    }

    /// Where your code can be read: the address of a line, with `{path}`, `{line}` and `{version}` in it, such as
    /// `https://git.example.org/shop/blob/{version}/{path}#L{line}`. The frames of a stack that are your own then lead
    /// there, if their path is a relative one, as cargo makes it for the packages of your workspace.
    ///
    /// The version is the [`app_version`](task_tower::Options::app_version) of the worker that ran the job. That is known
    /// until a day after the worker's end; a frame whose version is not known leads nowhere, if the address wants one.
    /// Without this option, no frame does.
    ///
    /// # Panics
    ///
    /// If it begins neither with `https://` nor with `http://`, or has no `{path}`.
    pub fn source_url(mut self, template: impl AsRef<str>) -> Self {
        self.code = Some(CodeUrl::new(template.as_ref()));
        self
    }

    /// Decides what of a job's data is not shown. Without it, [`Redact::default`] does.
    pub fn redact(mut self, redact: Redact) -> Self {
        self.redact = redact;
        self
    }

    /// Decides what `/metrics` serves beside what the database knows, and to whom it is open. Without it, nothing, and
    /// to nobody but those whom the dashboard lets in.
    pub fn metrics(mut self, metrics: Metrics) -> Self {
        self.metrics = metrics;
        self
    }

    /// Where traces can be seen, such as `https://jaeger.example.org/trace/{trace_id}`: the page of a job that was enqueued in
    /// a trace leads there. Without it, the page says the id alone.
    ///
    /// # Panics
    ///
    /// If it is no address of the web (it begins with `https://`, with `http://`, or with one slash), or has no
    /// `{trace_id}` in it.
    pub fn trace_url(mut self, template: impl AsRef<str>) -> Self {
        let template = template.as_ref();
        let url = TraceUrl::new(template);
        assert!(url.is_some(), "{template} is no address with {{trace_id}} in it");
        self.trace_url = url;
        self
    }

    /// How many proxies stand between the people and this server, each of which tells who has asked it, in
    /// `X-Forwarded-For` or in `Forwarded`. The audit and the log have the address that the outermost of them tells.
    ///
    /// By default none is believed: anybody can write such a header, so that the address is that of the connection, as far
    /// as the server tells it ([`ConnectInfo`](axum::extract::ConnectInfo)). Whom [`Access::loopback`] lets in does not
    /// depend on it.
    pub fn trusted_proxies(mut self, number: u8) -> Self {
        self.proxies = number;
        self
    }

    /// Lets pages of these sites show the dashboard in a frame, such as `https://ops.example.org`, or `'self'` for the
    /// site it is mounted in. Without it, nobody may.
    ///
    /// # Panics
    ///
    /// If there are none, or one is no source: ASCII without blanks, commas and semicolons.
    pub fn frame_ancestors<S: Into<String>>(mut self, sources: impl IntoIterator<Item = S>) -> Self {
        let sources: Vec<String> = sources.into_iter().map(Into::into).collect();
        assert!(!sources.is_empty() && sources.iter().all(|source| is_source(source)), "{sources:?} are no sources");
        self.headers = Headers::framed_by(&sources);
        self
    }

    /// The router: nest it under any path of your application, or serve it alone.
    ///
    /// With [`nest`](Router::nest), its front door is the prefix without a slash at the end; with
    /// [`nest_service`](Router::nest_service), with or without one.
    pub fn router(self) -> Router {
        let (redact, console) = (Arc::new(self.redact), self.console.remembering());
        let seen = redact.on(&console);
        routes(Desk {
            driver: Driver::new(console),
            hub: Hub::new(seen.clone()),
            console: seen,
            access: Arc::new(self.access),
            redact,
            headers: Arc::new(self.headers),
            metrics: self.metrics,
            trace_url: self.trace_url,
            instance: self.instance.map(|instance| Instance { place: self.place, ..instance }),
            peers: self.peers.into(),
            proxies: self.proxies,
            code: self.code,
            mode: Mode::default(),
            headcount: Headcount::default(),
            told: Told::default(),
        })
    }
}

fn is_source(source: &str) -> bool {
    !source.is_empty() && source.bytes().all(|byte| byte.is_ascii_graphic() && !b",;".contains(&byte))
}

/// The dashboard with nothing but the usual: nest it under any path of your application, or serve it alone.
///
/// `access` says who may use it; see [`Access`]. [`Dashboard`] has options, and says how prefixes work. The crate's front page has
/// an example.
pub fn router(console: Console, access: Access) -> Router {
    Dashboard::new(console, access).router()
}
