//! What a page says when something cannot be shown or done. The guard renders it, since only it
//! knows where the request stands.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// An answer that is not the page that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into() }
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, message: message.into() }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, message: message.into() }
    }

    /// What the page is called.
    pub(crate) fn title(&self) -> &'static str {
        match self.status {
            StatusCode::BAD_REQUEST => "That cannot be read",
            StatusCode::FORBIDDEN => "Not allowed",
            StatusCode::NOT_FOUND => "Not found",
            StatusCode::METHOD_NOT_ALLOWED => "Not possible here",
            StatusCode::CONFLICT => "Not possible now",
            StatusCode::SERVICE_UNAVAILABLE => "The database is away",
            _ => "Something went wrong",
        }
    }
}

impl From<task_tower::Error> for Fault {
    fn from(error: task_tower::Error) -> Self {
        let status = status(&error);
        if status.is_server_error() {
            tracing::warn!(error = ?error, "could not answer a request of the dashboard");
        }
        Self { status, message: error.to_string() }
    }
}

fn status(error: &task_tower::Error) -> StatusCode {
    if error.is_not_found() {
        StatusCode::NOT_FOUND
    } else if error.is_invalid() {
        StatusCode::BAD_REQUEST
    } else if error.is_conflict() {
        StatusCode::CONFLICT
    } else if error.is_unavailable() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "could not render a page");
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, message: "The page could not be rendered.".to_owned() }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
