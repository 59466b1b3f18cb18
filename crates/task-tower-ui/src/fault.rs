//! What a page says when something cannot be shown or done. The guard renders it, since only it
//! knows where the request stands.

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use task_tower::ReadOnly;

use crate::messages::Messages;
use crate::misread::Misread;

/// What parsers say before what is wrong: it says nothing to whoever wrote the address.
const PARSERS: [&str; 3] = [
    "Failed to deserialize query string: ",
    "Failed to deserialize form body: ",
    "Failed to deserialize the JSON body into the target type: ",
];

/// An answer that is not the page that was asked for.
#[derive(Clone)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    /// Whether it is because the database cannot be reached.
    pub(crate) away: bool,
    words: Words,
    /// What credentials would help: the values of `WWW-Authenticate`.
    challenges: Vec<&'static str>,
    /// What a program is told beside the words.
    pub(crate) beside: Option<(&'static str, Value)>,
}

/// The dashboard's own words are said in the reader's language, when the page is made.
#[derive(Clone)]
enum Words {
    Told(String),
    Said(Arc<dyn Fn(Messages) -> String + Send + Sync>),
}

impl Fault {
    /// In the words of the page: `Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_page)`.
    pub(crate) fn said(status: StatusCode, words: impl Fn(Messages) -> String + Send + Sync + 'static) -> Self {
        Self { status, words: Words::Said(Arc::new(words)), away: false, challenges: Vec::new(), beside: None }
    }

    /// In somebody else's words.
    pub(crate) fn told(status: StatusCode, words: impl Into<String>) -> Self {
        Self { status, words: Words::Told(words.into()), away: false, challenges: Vec::new(), beside: None }
    }

    /// What a parser says is said in the words of the page.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        let message = message.into();
        match PARSERS.iter().find_map(|parser| message.strip_prefix(parser)) {
            Some(words) => Self::misread(Misread::of(words)),
            None => Self::told(StatusCode::BAD_REQUEST, message),
        }
    }

    fn misread(misread: Misread) -> Self {
        Self::said(StatusCode::BAD_REQUEST, move |m| misread.told(m))
    }

    pub(crate) fn forbidden(words: impl Fn(Messages) -> String + Send + Sync + 'static) -> Self {
        Self::said(StatusCode::FORBIDDEN, words)
    }

    pub(crate) fn unknown(challenges: Vec<&'static str>) -> Self {
        Self { challenges, ..Self::said(StatusCode::UNAUTHORIZED, Messages::fault_unknown_why) }
    }

    pub(crate) fn read_only(reason: ReadOnly) -> Self {
        Self::said(StatusCode::SERVICE_UNAVAILABLE, move |m| m.read_only(reason))
    }

    /// Nothing in place of what took too long: the page shows the rest.
    pub(crate) fn unless_too_slow<T>(result: Result<T, Self>) -> Result<Option<T>, Self> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(fault) if fault.status == StatusCode::GATEWAY_TIMEOUT => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Tells a program this as well, under this name.
    pub(crate) fn with(self, name: &'static str, value: Value) -> Self {
        Self { beside: Some((name, value)), ..self }
    }

    /// It is because the database cannot be reached.
    pub(crate) fn away(self) -> Self {
        Self { away: true, ..self }
    }

    /// What is the matter.
    pub(crate) fn message(&self, m: Messages) -> String {
        match &self.words {
            Words::Told(words) => words.clone(),
            Words::Said(words) => words(m),
        }
    }

    /// What the page is called.
    pub(crate) fn title(&self, m: Messages) -> String {
        match self.status {
            StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE => m.fault_unreadable(),
            StatusCode::FORBIDDEN => m.fault_forbidden(),
            StatusCode::NOT_FOUND => m.fault_not_found(),
            StatusCode::METHOD_NOT_ALLOWED => m.fault_no_method(),
            StatusCode::CONFLICT => m.fault_conflict(),
            StatusCode::PRECONDITION_FAILED => m.fault_has_changed(),
            StatusCode::PRECONDITION_REQUIRED => m.fault_to_confirm(),
            StatusCode::UNAUTHORIZED => m.fault_unknown(),
            StatusCode::SERVICE_UNAVAILABLE if self.away => m.fault_away(),
            StatusCode::SERVICE_UNAVAILABLE => m.fault_read_only(),
            StatusCode::GATEWAY_TIMEOUT => m.fault_too_slow(),
            _ => m.fault_other(),
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.status, self.message(Messages::default()))
    }
}

impl From<task_tower::Error> for Fault {
    fn from(error: task_tower::Error) -> Self {
        let status = status(&error);
        if status.is_server_error() {
            tracing::warn!(error = ?error, "could not answer a request of the dashboard");
        }
        Self { away: error.is_unavailable(), ..Self::told(status, error.to_string()) }
    }
}

fn status(error: &task_tower::Error) -> StatusCode {
    if error.is_not_found() {
        StatusCode::NOT_FOUND
    } else if error.is_invalid() {
        StatusCode::BAD_REQUEST
    } else if error.is_conflict() {
        StatusCode::CONFLICT
    } else if error.is_too_slow() {
        StatusCode::GATEWAY_TIMEOUT
    } else if error.is_unavailable() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "could not render a page");
        Self::said(StatusCode::INTERNAL_SERVER_ERROR, Messages::fault_not_rendered)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        for challenge in &self.challenges {
            response.headers_mut().append(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response.extensions_mut().insert(self);
        response
    }
}
