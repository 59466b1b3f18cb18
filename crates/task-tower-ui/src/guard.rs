//! Stands before every page: lets in who may come in, refuses changes that another site asks for,
//! puts the headers of safety on every answer, and turns faults into pages.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::access::{Access, host};
use crate::fault::Fault;
use crate::messages::Messages;
use crate::pages;
use crate::visit::Visit;

/// Everything comes from this server, nothing is inline, nobody may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
];

pub(crate) async fn guard(State(access): State<Access>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&parts);
    let mut response = match check(&access, &parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(fault) => fault.into_response(),
    };
    if let Some(fault) = fault(&mut response) {
        response = pages::fault(&visit, &access, &fault);
    }
    add_headers(&mut response);
    response
}

fn check(access: &Access, parts: &Parts) -> Result<(), Fault> {
    access.check(parts)?;
    match parts.method.is_safe() || is_same_origin(parts) {
        true => Ok(()),
        false => Err(Fault::said(StatusCode::FORBIDDEN, Messages::fault_other_site)),
    }
}

/// Browsers say where a request comes from: every current one by `Sec-Fetch-Site`, older ones by
/// `Origin`. One that says neither is not believed.
fn is_same_origin(parts: &Parts) -> bool {
    let text = |name: HeaderName| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let (Some(origin), Some(host)) = (text(header::ORIGIN), host(parts)) else { return false };
    origin.split_once("://").is_some_and(|(scheme, from)| matches!(scheme, "http" | "https") && from == host)
}

/// The fault that a page answered, or that axum found by itself.
fn fault(response: &mut Response) -> Option<Fault> {
    let status = response.status();
    let found = response.extensions_mut().remove::<Fault>();
    found.or_else(|| (status == StatusCode::METHOD_NOT_ALLOWED).then(|| Fault::said(status, Messages::fault_method)))
}

fn add_headers(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
