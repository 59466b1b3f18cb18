//! Stands before every page: lets in who may come in, refuses changes that another site asks for,
//! puts the headers of safety on every answer, and turns faults into pages.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use tracing::Instrument;

use crate::access::{Entry, Permission, Permissions, Refusal, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::source::Source;
use crate::visit::Visit;
use crate::{assets, limits, metrics, origin, pages, probes};

const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What scripts and people ask for that is no page.
const OTHERS: [&str; 7] =
    ["/", "/events", "/palette.json", "/audit.csv", "/audit.ndjson", "/doctor.txt", metrics::PATH];

/// Changes nothing but what the reader's own browser keeps.
const SETTINGS: &str = "/settings";

pub(crate) async fn guard(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut visit = Visit::of(&parts);
    let is_api = is_api(parts.uri.path());
    visit.view.instance.clone_from(&desk.instance);
    visit.view.peers = desk.peers.clone();
    visit.look.code.clone_from(&desk.code);
    let source = Source::of(&parts, desk.proxies);
    let span =
        tracing::info_span!("request", id = source.request, address = source.address.map(tracing::field::display));
    let mut response = match admit(&desk, &parts).instrument(span.clone()).await {
        Ok(Admitted::Unnamed) => next.run(Request::from_parts(parts, body)).instrument(span).await,
        Ok(Admitted::In(mut visitor)) => {
            visitor.source = source.clone();
            desk.driver.wake_once();
            visit.view.actor = Some(visitor.actor.clone());
            visit.view.may = visitor.permissions;
            visit.view.sees_all = visitor.scope.is_all();
            visit.view.read_only = desk.mode.known();
            visit.view.postgres = desk.mode.postgres();
            if visitor.scope.is_all() && shows_navigation(&parts) {
                visit.view.census = desk.headcount.look(&desk.console).await;
            }
            parts.extensions.insert(visitor);
            parts.extensions.insert(visit.clone());
            next.run(Request::from_parts(parts, body)).instrument(span).await
        }
        Err(refused) => *refused,
    };
    if let Some(fault) = fault(&mut response) {
        response = if is_api {
            pages::problem(&visit, &fault, response.headers())
        } else {
            pages::fault(&visit, &fault, response.headers())
        };
    }
    desk.headers.put_on(&mut response);
    source.put_on(response.headers_mut());
    response
}

/// Whom a request comes from, as far as it matters.
enum Admitted {
    /// Whoever it is: what they ask for is the same public file for everybody, which the page of a refusal needs, too, or
    /// the numbers that are for programs, or whether the process works.
    Unnamed,
    In(Visitor),
}

/// Who it is, if everything about the request is in order; or else the answer.
async fn admit(desk: &Desk, parts: &Parts) -> Result<Admitted, Box<Response>> {
    let refuse = |fault: Fault| Box::new(fault.into_response());
    if !METHODS.contains(&parts.method) {
        return Err(refuse(Fault::said(StatusCode::METHOD_NOT_ALLOWED, Messages::fault_method)));
    }
    limits::check(parts).map_err(refuse)?;
    if assets::is_asked_for(parts) || probes::is_asked_for(parts) || desk.metrics.admits(parts) {
        return Ok(Admitted::Unnamed);
    }
    let entry = desk.access.check(parts).await.map_err(|refusal| Box::new(refused(refusal, parts)))?;
    let visitor = present(desk, parts, entry).await.map_err(refuse)?;
    Ok(Admitted::In(visitor))
}

/// The visitor with what they may do at present.
async fn present(desk: &Desk, parts: &Parts, entry: Entry) -> Result<Visitor, Fault> {
    let Entry { mut visitor, by_token } = entry;
    let changes = !parts.method.is_safe();
    if !visitor.permissions.contains(Permission::View) {
        return Err(Fault::forbidden(Messages::fault_not_you));
    }
    if changes {
        origin::check(parts, by_token)?;
    }
    let changes = changes && parts.uri.path() != SETTINGS;
    if changes && visitor.permissions.is_read_only() {
        return Err(Fault::forbidden(Messages::fault_never_changes));
    }
    if let Some(reason) = desk.mode.look(&desk.console, parts).await {
        if changes {
            return Err(Fault::read_only(reason));
        }
        visitor.permissions = visitor.permissions.and(Permissions::read_only());
    }
    Ok(visitor)
}

fn refused(refusal: Refusal, parts: &Parts) -> Response {
    match refusal {
        Refusal::Unknown(challenges) => Fault::unknown(challenges).into_response(),
        Refusal::Elsewhere(to) if parts.method.is_safe() && !is_api(parts.uri.path()) => {
            Redirect::to(&to).into_response()
        }
        Refusal::Elsewhere(_) => Fault::forbidden(Messages::fault_sign_in).into_response(),
        Refusal::Never(fault) => fault.into_response(),
    }
}

/// Whether a page may be the answer: what is asked for by a file's name is none.
fn shows_navigation(parts: &Parts) -> bool {
    let path = parts.uri.path();
    parts.method == Method::GET && !is_api(path) && !path.starts_with("/assets/") && !OTHERS.contains(&path)
}

/// Programs ask there, and get their faults as JSON.
pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// The fault that a page answered, or that axum found by itself.
fn fault(response: &mut Response) -> Option<Fault> {
    let status = response.status();
    let found = response.extensions_mut().remove::<Fault>();
    // What axum says by itself is plain text.
    let kind = response.headers().get(header::CONTENT_TYPE);
    let has_page = kind.is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"));
    found.or_else(|| match status {
        StatusCode::METHOD_NOT_ALLOWED => Some(Fault::said(status, Messages::fault_method)),
        _ if status.is_client_error() && !has_page => Some(Fault::said(status, Messages::fault_no_sense)),
        _ => None,
    })
}
