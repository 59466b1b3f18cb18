//! The page that says why there is no other.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::Frame;
use crate::access::Access;
use crate::fault::Fault;
use crate::place::Place;

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage<'a> {
    frame: Frame,
    message: &'a str,
    away: bool,
}

pub(crate) fn fault(place: &Place, access: &Access, fault: &Fault) -> Response {
    let away = fault.status == StatusCode::SERVICE_UNAVAILABLE;
    let mut frame = Frame::new(place, access, "", fault.title());
    frame.live = false;
    let page = FaultPage { frame, message: &fault.message, away };
    match page.render() {
        Ok(html) => (fault.status, Html(html)).into_response(),
        // The words matter more than how they look.
        Err(_) => (fault.status, fault.message.clone()).into_response(),
    }
}
