//! `/metrics`: what Prometheus asks. What the database knows of the whole tower, and what the recorder of this process
//! has, if it has one.

mod figures;
mod text;

use std::fmt;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};

use crate::access::{Token, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;

use text::{Text, without};

/// Where it is.
pub(crate) const PATH: &str = "/metrics";
const PROMETHEUS: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// What `/metrics` of a dashboard serves, and to whom.
///
/// Without it, `/metrics` serves what the database knows, to whoever may see all of the dashboard.
///
/// ```
/// use task_tower_ui::Metrics;
///
/// # fn secret(name: &str) -> String { name.to_owned() }
/// # struct Handle;
/// # impl Handle { fn render(&self) -> String { String::new() } }
/// # let handle = Handle;
/// // `handle` is what `PrometheusBuilder::install_recorder` has returned.
/// let metrics = Metrics::default().recorded_by(move || handle.render()).token(secret("SCRAPE_TOKEN"));
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Metrics {
    recorder: Option<Arc<dyn Fn() -> String + Send + Sync>>,
    tokens: Vec<Token>,
    is_open: bool,
}

impl Metrics {
    /// Adds what this process has measured: `render` tells it in the text format of Prometheus, as
    /// `PrometheusHandle::render` of the crate `metrics-exporter-prometheus` does.
    ///
    /// What the database knows as well is left out of it, so that nothing is there twice.
    pub fn recorded_by(mut self, render: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.recorder = Some(Arc::new(render));
        self
    }

    /// Lets in whoever sends this token in a header `Authorization: Bearer …`, to `/metrics` and to nothing else:
    /// beside those whom the dashboard's own [`Access`](crate::Access) lets in. An empty token lets nobody in.
    pub fn token(mut self, token: impl AsRef<str>) -> Self {
        self.tokens.push(Token::new(token.as_ref()));
        self
    }

    /// Lets in everybody, to `/metrics` and to nothing else. It tells names of kinds and queues, and numbers.
    pub fn open(mut self) -> Self {
        self.is_open = true;
        self
    }

    /// Whether this request needs no door of the dashboard's.
    pub(crate) fn admits(&self, parts: &Parts) -> bool {
        let is_asked_for = parts.method.is_safe() && parts.uri.path() == PATH;
        is_asked_for && (self.is_open || self.tokens.iter().any(|token| token.is_in(&parts.headers)))
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Metrics")
            .field("is_recorded", &self.recorder.is_some())
            .field("is_open", &self.is_open)
            .finish()
    }
}

/// Who came in by a door of the dashboard's is a visitor, and has to see all jobs: these numbers are about all of them.
pub(crate) async fn metrics(
    State(desk): State<Desk>,
    visitor: Option<Extension<Visitor>>,
) -> Result<([(HeaderName, HeaderValue); 1], String), Fault> {
    if visitor.is_some_and(|Extension(visitor)| !visitor.scope.is_all()) {
        return Err(Fault::forbidden(Messages::fault_not_you));
    }
    let mut text = Text::default();
    figures::write(&desk.console, &mut text).await;
    let recorded = desk.metrics.recorder.as_ref().map(|render| render()).unwrap_or_default();
    let served = text.names();
    Ok(([(header::CONTENT_TYPE, PROMETHEUS)], text.finish() + &without(&recorded, &served)))
}
