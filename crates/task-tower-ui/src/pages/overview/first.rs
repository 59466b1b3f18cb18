//! What stands here as long as no job ever came: what is true already, and what to do next.

use askama::Template;
use axum::response::Html;

use super::asked::Asked;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "first.html")]
struct FirstPage {
    frame: Frame,
    m: Messages,
    has_worker: bool,
}

pub(super) fn page(visit: &Visit, asked: &Asked) -> Result<Html<String>, Fault> {
    let m = visit.look.m;
    let frame = Frame::new(visit, "overview", m.nav_overview());
    render(&FirstPage { frame, m, has_worker: asked.living().next().is_some() })
}
