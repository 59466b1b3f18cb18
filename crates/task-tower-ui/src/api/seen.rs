//! `If-Match`: a change happens only to a job that is as it was seen.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use task_tower::{Console, JobRecord};

use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;

/// The revision that was seen; `None` when any will do.
pub(super) struct Seen(Option<String>);

impl Seen {
    /// The console that changes nothing else.
    pub(super) fn on(&self, console: Console) -> Console {
        match &self.0 {
            Some(revision) => console.if_unchanged(revision),
            None => console,
        }
    }

    /// Whether this is another version than the one that was seen.
    pub(super) fn is_stale(&self, job: &JobRecord) -> bool {
        self.0.as_ref().is_some_and(|seen| job.revision.as_ref() != Some(seen))
    }
}

impl FromRequestParts<Desk> for Seen {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _desk: &Desk) -> Result<Self, Fault> {
        let mut tags = parts.headers.get_all(header::IF_MATCH).iter();
        let Some(tag) = tags.next() else { return Ok(Self(None)) };
        let revision = tag.to_str().ok().filter(|_| tags.next().is_none()).and_then(revision);
        revision.map(Self).ok_or_else(|| Fault::said(StatusCode::BAD_REQUEST, Messages::api_if_match))
    }
}

/// Of one strong tag, or a star; `None` for anything else.
fn revision(tag: &str) -> Option<Option<String>> {
    match tag.trim() {
        "*" => Some(None),
        tag => {
            let revision = tag.strip_prefix('"')?.strip_suffix('"')?;
            (!revision.contains('"')).then(|| Some(revision.to_owned()))
        }
    }
}
