//! Whether a change is asked for by the dashboard itself, and not by a page of another site.

use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};

use crate::access::host;
use crate::fault::Fault;
use crate::guard::is_api;
use crate::messages::Messages;

pub(crate) fn check(parts: &Parts, by_token: bool) -> Result<(), Fault> {
    if !is_same_origin(parts, by_token) {
        return Err(Fault::forbidden(Messages::fault_other_site));
    }
    match is_api(parts.uri.path()) && has_body(parts) && !is_json(parts) {
        true => Err(Fault::said(StatusCode::UNSUPPORTED_MEDIA_TYPE, Messages::fault_no_json)),
        false => Ok(()),
    }
}

/// Browsers say where a request comes from: every current one by `Sec-Fetch-Site`, older ones by
/// `Origin`. One that says neither is believed only if it has a token, which no browser adds by itself.
fn is_same_origin(parts: &Parts, by_token: bool) -> bool {
    let text = |name: HeaderName| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN) else { return by_token };
    let Some(host) = host(parts) else { return false };
    origin.split_once("://").is_some_and(|(scheme, from)| matches!(scheme, "http" | "https") && from == host)
}

fn has_body(parts: &Parts) -> bool {
    let length = parts.headers.get(header::CONTENT_LENGTH);
    length.is_some_and(|length| length != "0") || parts.headers.contains_key(header::TRANSFER_ENCODING)
}

fn is_json(parts: &Parts) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}
