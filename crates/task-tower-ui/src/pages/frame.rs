//! What surrounds every page.

use askama::Template;
use axum::response::Html;

use crate::access::Access;
use crate::assets;
use crate::fault::Fault;
use crate::place::Place;

/// What the layout needs to know.
pub(super) struct Frame {
    pub(super) root: String,
    pub(super) assets: String,
    /// The entry of the navigation that is lit.
    pub(super) section: &'static str,
    pub(super) title: String,
    pub(super) read_only: bool,
    /// Whether the page has regions that are worth fetching again.
    pub(super) live: bool,
    pub(super) version: &'static str,
}

impl Frame {
    pub(super) fn new(place: &Place, access: &Access, section: &'static str, title: impl Into<String>) -> Self {
        Self {
            root: place.root.clone(),
            assets: format!("{}assets/{}/", place.root, *assets::HASH),
            section,
            title: title.into(),
            read_only: access.is_read_only(),
            live: true,
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

pub(super) fn render(template: &impl Template) -> Result<Html<String>, Fault> {
    Ok(Html(template.render()?))
}
