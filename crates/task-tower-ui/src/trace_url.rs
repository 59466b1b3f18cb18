//! Where traces can be seen: an address of another system, in which the id of a trace has its place.

use std::sync::Arc;

/// What stands for the id.
const PLACE: &str = "{trace_id}";

#[derive(Clone, Debug)]
pub(crate) struct TraceUrl(Arc<str>);

impl TraceUrl {
    /// `None` if it is no address of the web, or has no place for the id.
    pub(crate) fn new(template: &str) -> Option<Self> {
        let is_path = template.starts_with('/') && !template.starts_with("//") && !template.starts_with("/\\");
        let is_web = is_path || ["https://", "http://"].iter().any(|scheme| template.starts_with(scheme));
        (is_web && template.contains(PLACE)).then(|| Self(template.into()))
    }

    /// The id has nothing but digits and letters in it.
    pub(crate) fn of(&self, trace_id: &str) -> String {
        self.0.replace(PLACE, trace_id)
    }
}
