//! The page that says why there is no other.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::Frame;
use crate::access::Access;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    frame: Frame,
    m: Messages,
    message: String,
    away: bool,
}

pub(crate) fn fault(visit: &Visit, access: &Access, fault: &Fault) -> Response {
    let m = visit.look.m;
    let frame = Frame::new(visit, access, "", fault.title(m)).still();
    let away = fault.status == StatusCode::SERVICE_UNAVAILABLE;
    let page = FaultPage { frame, m, message: fault.message(m), away };
    match page.render() {
        Ok(html) => (fault.status, Html(html)).into_response(),
        // The words matter more than how they look.
        Err(_) => (fault.status, page.message).into_response(),
    }
}
