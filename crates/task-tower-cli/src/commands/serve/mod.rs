//! `task-tower serve`: the dashboard alone.

mod credentials;

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use axum::Router;
use clap::{Args, ValueEnum};
use task_tower::Console;
use task_tower::systemd::Supervisor;
use task_tower_ui::{Access, Color, Dashboard, Metrics};
use tokio::net::TcpListener;

use crate::database::DatabaseArgs;
use crate::output::line;
use crate::signals::Signals;
use crate::web;

use credentials::CredentialArgs;

/// Serve the dashboard of a database.
///
/// Without credentials, it lets in this machine alone, and listens on addresses of this machine
/// only. For others, give it users or a token: by a file or by an environment variable, never on
/// the command line, which everybody on the machine can read. It speaks HTTP: put it behind a proxy that speaks HTTPS.
///
/// `/livez` and `/readyz` answer probes, without credentials. Under systemd (`Type=notify`), it says when it is ready,
/// stops, and lives.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4700")]
    listen: SocketAddr,
    #[command(flatten)]
    credentials: CredentialArgs,
    /// Let nobody change anything.
    #[arg(long)]
    read_only: bool,
    /// Which of several towers this is: a name that every page shows.
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// The color of the stripe beside the name.
    #[arg(long, value_name = "COLOR", default_value = "blue", requires = "instance")]
    color: StripeColor,
    /// Where that tower is, such as eu-central; stands below its name.
    #[arg(long, value_name = "PLACE", requires = "instance")]
    place: Option<String>,
    /// Another tower, to whose dashboard every page has a link; several are several of them.
    #[arg(long, value_name = "NAME=ADDRESS", value_parser = peer)]
    peer: Vec<Peer>,
    /// Where traces can be seen, such as `https://jaeger.example.org/trace/{trace_id}`: pages of jobs lead there.
    #[arg(long, value_name = "URL", value_parser = trace_url)]
    trace_url: Option<String>,
    /// Where the code is read that stacks are of: the address of a line, such as
    /// `https://git.example.org/shop/blob/{version}/{path}#L{line}`.
    #[arg(long, value_name = "URL", value_parser = source_url)]
    source_url: Option<String>,
    /// How many proxies stand before it, each of which tells in X-Forwarded-For or Forwarded who has asked it. The
    /// audit has the address that the outermost of them tells.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    trusted_proxies: u8,
    /// Serve it under this path, such as /task-tower, and not at the root.
    #[arg(long, value_name = "PATH", value_parser = prefix)]
    prefix: Option<String>,
}

/// Another tower.
#[derive(Clone, Debug)]
struct Peer {
    name: String,
    address: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StripeColor {
    Red,
    Orange,
    Green,
    Blue,
    Violet,
    Gray,
}

pub(crate) async fn run(args: ServeArgs) -> Result<()> {
    let (access, metrics) = (args.access()?, args.credentials.metrics()?);
    let mut signals = Signals::listen()?;
    let console = args.database.console().await?;
    let listener =
        TcpListener::bind(args.listen).await.with_context(|| format!("could not listen on {}", args.listen))?;
    let address = listener.local_addr().context("could not tell the address")?;
    line(format_args!("Dashboard: http://{address}{}/", args.prefix.as_deref().unwrap_or_default()));
    line("Ctrl-C stops it.");
    let supervisor = Supervisor::from_env();
    let serving = web::serve_router(listener, args.router(console, access, metrics), signals.next());
    let Some(supervisor) = supervisor else { return serving.await };
    supervisor.ready();
    let served = tokio::select! {
        served = serving => served,
        () = supervisor.keep_alive() => Ok(()),
    };
    supervisor.stopping();
    served
}

impl ServeArgs {
    fn access(&self) -> Result<Access> {
        let access = match self.credentials.access()? {
            Some(access) => access,
            None if self.listen.ip().to_canonical().is_loopback() => Access::loopback(),
            None => bail!(
                "could not listen on {}: other machines could reach it, and nothing says who may use it. Give it users \
                 (--basic-auth <FILE> or TASK_TOWER_BASIC_AUTH=user:password) or a token (--bearer-token-file <FILE> or \
                 TASK_TOWER_BEARER_TOKEN), or listen on this machine only (127.0.0.1:4700) and use an SSH tunnel: \
                 ssh -L 4700:127.0.0.1:4700 <host>",
                self.listen
            ),
        };
        Ok(if self.read_only { access.read_only() } else { access })
    }

    fn router(&self, console: Console, access: Access, metrics: Metrics) -> Router {
        let mut dashboard = Dashboard::new(console, access).metrics(metrics).trusted_proxies(self.trusted_proxies);
        if let Some(name) = &self.instance {
            dashboard = dashboard.instance(name, self.color.into());
        }
        if let Some(place) = &self.place {
            dashboard = dashboard.place(place);
        }
        if let Some(template) = &self.trace_url {
            dashboard = dashboard.trace_url(template);
        }
        if let Some(template) = &self.source_url {
            dashboard = dashboard.source_url(template);
        }
        for Peer { name, address } in &self.peer {
            dashboard = dashboard.peer(name, Color::Gray, address);
        }
        match &self.prefix {
            Some(prefix) => Router::new().nest_service(prefix, dashboard.router()),
            None => dashboard.router(),
        }
    }
}

impl From<StripeColor> for Color {
    fn from(color: StripeColor) -> Self {
        match color {
            StripeColor::Red => Self::Red,
            StripeColor::Orange => Self::Orange,
            StripeColor::Green => Self::Green,
            StripeColor::Blue => Self::Blue,
            StripeColor::Violet => Self::Violet,
            StripeColor::Gray => Self::Gray,
        }
    }
}

fn peer(text: &str) -> Result<Peer, String> {
    let is_web = |address: &str| address.starts_with("https://") || address.starts_with("http://");
    match text.split_once('=') {
        Some((name, address)) if !name.is_empty() && is_web(address) => {
            Ok(Peer { name: name.to_owned(), address: address.to_owned() })
        }
        _ => Err("another tower is named as shop-staging=https://staging.example.org/task-tower/".to_owned()),
    }
}

fn trace_url(text: &str) -> Result<String, String> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    match is_web && text.contains("{trace_id}") {
        true => Ok(text.to_owned()),
        false => Err("it takes an address such as https://jaeger.example.org/trace/{trace_id}".to_owned()),
    }
}

fn source_url(text: &str) -> Result<String, String> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    match is_web && text.contains("{path}") {
        true => Ok(text.to_owned()),
        false => {
            Err("code is read at an address such as https://git.example.org/shop/blob/{version}/{path}#L{line}"
                .to_owned())
        }
    }
}

/// A path as routers take it: no wildcards in it, and no slash at its end.
fn prefix(text: &str) -> Result<String, String> {
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
            && part != ".."
    };
    let path = text.trim_end_matches('/');
    match path.strip_prefix('/').is_some_and(|parts| parts.split('/').all(plain)) {
        true => Ok(path.to_owned()),
        false => Err("a prefix is a path such as /task-tower, of letters, digits, - _ . ~".to_owned()),
    }
}
