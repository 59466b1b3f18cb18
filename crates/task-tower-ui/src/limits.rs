//! How much a request may ask with.

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

pub(crate) fn check(parts: &Parts) -> Result<(), Fault> {
    let query_bytes = parts.uri.query().map_or(0, str::len);
    match parts.uri.path().len() > PATH_BYTES_MAX || query_bytes > QUERY_BYTES_MAX {
        true => Err(Fault::said(StatusCode::URI_TOO_LONG, Messages::fault_too_long)),
        false => Ok(()),
    }
}
