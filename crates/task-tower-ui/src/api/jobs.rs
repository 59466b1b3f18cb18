//! Jobs that a filter finds, and one of them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use task_tower::{JobFilter, JobId, JobRecord, PAGE_MAX, Searched};

use super::answer::Json;
use super::ask::{Asked, Named, limit};
use super::call::Call;
use super::job::{Summary, Whole};
use crate::fault::Fault;
use crate::messages::Messages;

const PAGE: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wanted {
    q: String,
    after: Option<String>,
    before: Option<String>,
    limit: Option<usize>,
}

#[derive(Serialize)]
pub(crate) struct Page {
    items: Vec<Summary>,
    next: Option<String>,
    prev: Option<String>,
    searched: Searched,
    /// From where the stream of events goes on.
    rev: String,
}

pub(super) async fn list(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Page>, Fault> {
    let filter = wanted.filter(&call)?;
    // Before the page is read: what changes meanwhile is told again.
    let rev = call.desk.hub.rev().await?;
    let page = call.desk.jobs(&filter, &call.visitor).await?;
    Ok(Json(Page {
        items: page.jobs.into_iter().map(Summary::of).collect(),
        next: page.next.map(|id| id.to_string()),
        prev: page.prev.map(|id| id.to_string()),
        searched: page.searched,
        rev,
    }))
}

pub(super) async fn show(call: Call, Named(id): Named) -> Result<Response, Fault> {
    let job = call.job(id.parse::<JobId>()?).await?;
    Ok(whole(job))
}

/// A job, with its revision as the tag for `If-Match`.
pub(super) fn whole(job: JobRecord) -> Response {
    let tag = job.revision.as_ref().and_then(|revision| HeaderValue::try_from(format!("\"{revision}\"")).ok());
    let mut response = Json(Whole::of(job)).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

impl Wanted {
    fn filter(&self, call: &Call) -> Result<JobFilter, Fault> {
        let filter = call.filter(&self.q)?.limit(limit(self.limit, PAGE_MAX, PAGE)?);
        match (&self.after, &self.before) {
            (None, None) => Ok(filter),
            (Some(after), None) => Ok(filter.after(after.parse()?)),
            (None, Some(before)) => Ok(filter.before(before.parse()?)),
            _ => Err(Fault::said(StatusCode::BAD_REQUEST, Messages::api_one_cursor)),
        }
    }
}
