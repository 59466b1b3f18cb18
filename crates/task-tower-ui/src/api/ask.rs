//! What a program asks with: names in the path, a query, a body of JSON. What is not known is refused by its name.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;

/// What stands in the path.
pub(super) struct Named(pub(super) String);

impl FromRequestParts<Desk> for Named {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Fault> {
        let name = Path::<String>::from_request_parts(parts, desk).await;
        let Path(name) = name.map_err(|rejection| Fault::told(rejection.status(), rejection.body_text()))?;
        plain("path", &name)?;
        Ok(Self(name))
    }
}

/// What stands behind the question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Desk> for Asked<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _desk: &Desk) -> Result<Self, Fault> {
        let query = Query::try_from_uri(&parts.uri);
        let Query(asked) = query.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
        Ok(Self(asked))
    }
}

/// A JSON object; without a body, an empty one.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Desk> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Fault> {
        let bytes = Bytes::from_request(request, desk).await;
        let bytes = bytes.map_err(|rejection| Fault::told(rejection.status(), rejection.body_text()))?;
        let text = match bytes.trim_ascii() {
            [] => b"{}",
            text => text,
        };
        // Serde would also read a list, as the fields in their order.
        if text[0] != b'{' {
            return Err(Fault::said(StatusCode::BAD_REQUEST, Messages::api_no_object));
        }
        let read = axum::Json::from_bytes(text).map_err(|rejection| Fault::bad_request(rejection.body_text()));
        read.map(|axum::Json(body)| Self(body))
    }
}

/// A query, or a body, that says nothing.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Nothing {}

/// Why somebody does it.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Why {
    pub(super) reason: Option<String>,
}

/// Nothing is called by a name with control characters, and PostgreSQL refuses some of them.
pub(super) fn plain(what: &'static str, text: &str) -> Result<(), Fault> {
    match text.chars().any(char::is_control) {
        true => Err(Fault::said(StatusCode::BAD_REQUEST, move |m| m.api_control_character(what))),
        false => Ok(()),
    }
}

/// How many to list.
pub(super) fn limit(wanted: Option<usize>, most: usize, usual: usize) -> Result<usize, Fault> {
    match wanted {
        Some(limit) if limit == 0 || limit > most => {
            Err(Fault::said(StatusCode::BAD_REQUEST, move |m| m.api_limit(most)))
        }
        wanted => Ok(wanted.unwrap_or(usual)),
    }
}
