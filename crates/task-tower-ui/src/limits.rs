//! How much a request may ask with, and with what it may not.

use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::fault::Fault;
use crate::messages::Messages;

/// The largest body.
pub(crate) const BODY_BYTES_MAX: usize = 1024 * 1024;
/// The longest address, without what stands behind the question mark.
const PATH_BYTES_MAX: usize = 2 * 1024;
/// The longest query: what stands behind the question mark.
const QUERY_BYTES_MAX: usize = 8 * 1024;

/// As a query has the character that PostgreSQL keeps in no text.
const NUL: &str = "%00";

pub(crate) fn check(parts: &Parts) -> Result<(), Fault> {
    let query = parts.uri.query().unwrap_or_default();
    if parts.uri.path().len() > PATH_BYTES_MAX || query.len() > QUERY_BYTES_MAX {
        return Err(Fault::said(StatusCode::URI_TOO_LONG, Messages::fault_too_long));
    }
    match query.split('&').find(|parameter| parameter.contains(NUL)) {
        Some(parameter) => Err(has_nul(parameter)),
        None => Ok(()),
    }
}

fn has_nul(parameter: &str) -> Fault {
    let name = parameter.split('=').next().unwrap_or_default().to_owned();
    Fault::said(StatusCode::BAD_REQUEST, move |m| m.fault_nul(&name))
}
