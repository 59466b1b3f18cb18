//! Groups of errors: which there are, and what people say of them.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use task_tower::{ERRORS_MAX, ErrorCounts, ErrorFilter, ErrorGroup, ErrorStatus, Failure};

use super::answer::{Json, Moment};
use super::ask::{Asked, Body, Named, Nothing, limit, plain};
use super::call::Call;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::pages::{find_errors, sample_of};

const PAGE: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    status: Option<String>,
    kind: Option<String>,
    q: Option<String>,
    limit: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct Group {
    fingerprint: String,
    kind: String,
    class: String,
    message: String,
    first_seen_at: Moment,
    last_seen_at: Moment,
    first_version: Option<String>,
    last_version: Option<String>,
    occurrences: u64,
    queues: Vec<String>,
    resolved_at: Option<Moment>,
    resolved_by: Option<String>,
    regressed_at: Option<Moment>,
    muted_until: Option<Moment>,
    counts: ErrorCounts,
    last_hour: Vec<u64>,
    dead: u64,
    retrying: u64,
}

/// The numbers are `None` for who sees a part of the groups.
#[derive(Serialize)]
pub(super) struct Groups {
    items: Vec<Group>,
    unresolved: Option<u64>,
    muted: Option<u64>,
    resolved: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct Details {
    #[serde(flatten)]
    group: Group,
    recovered: u64,
    /// `None` when it is out of sight, or gone.
    sample_job: Option<String>,
    sample: Option<Failure>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Muting {
    until: Option<DateTime<Utc>>,
}

pub(super) async fn list(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Groups>, Fault> {
    let filter = wanted.filter()?;
    let most = limit(wanted.limit, ERRORS_MAX, PAGE)?;
    // A filter may ask for words, which are looked for in all that can be shown.
    let asked = filter.limit(if wanted.q.is_some() { ERRORS_MAX } else { most });
    let page = call.desk.error_groups(&asked, &call.visitor).await?;
    let number = |number| call.visitor.scope.is_all().then_some(number);
    Ok(Json(Groups {
        items: page.groups.into_iter().take(most).map(Group::from).collect(),
        unresolved: number(page.unresolved),
        muted: number(page.muted),
        resolved: number(page.resolved),
    }))
}

pub(super) async fn show(call: Call, Named(fingerprint): Named) -> Result<Json<Details>, Fault> {
    let details = find_errors(&call.desk, &call.visitor, &fingerprint).await?;
    let sample = sample_of(&call.desk, &call.visitor, &details).await;
    let sample_job = sample.as_ref().map(|_| details.group.sample_job.to_string());
    let group = Group::from(details.group);
    Ok(Json(Details { group, recovered: details.recovered, sample_job, sample }))
}

pub(super) async fn resolve(call: Call, Named(name): Named, _: Body<Nothing>) -> Result<Json<Details>, Fault> {
    let console = call.hand()?;
    let group = find_errors(&call.desk, &call.visitor, &name).await?.group;
    console.resolve_errors(&[&group.fingerprint]).await?;
    show(call, Named(name)).await
}

pub(super) async fn mute(call: Call, Named(name): Named, muting: Body<Muting>) -> Result<Json<Details>, Fault> {
    let console = call.hand()?;
    let group = find_errors(&call.desk, &call.visitor, &name).await?.group;
    let missing = || Fault::said(StatusCode::BAD_REQUEST, |m| m.api_missing("until"));
    console.mute_errors(&[&group.fingerprint], muting.0.until.ok_or_else(missing)?).await?;
    show(call, Named(name)).await
}

pub(super) async fn unresolve(call: Call, Named(name): Named, _: Body<Nothing>) -> Result<Json<Details>, Fault> {
    let console = call.hand()?;
    let group = find_errors(&call.desk, &call.visitor, &name).await?.group;
    console.unresolve_errors(&[&group.fingerprint]).await?;
    show(call, Named(name)).await
}

impl Wanted {
    fn filter(&self) -> Result<ErrorFilter, Fault> {
        plain("kind", self.kind.as_deref().unwrap_or_default())?;
        let filter = self.q.as_deref().unwrap_or_default().parse::<ErrorFilter>();
        let filter = filter.map_err(|error| Fault::bad_request(error.to_string()))?;
        let filter = self.kind.iter().fold(filter, ErrorFilter::kind);
        let Some(status) = self.status.as_deref() else { return Ok(filter) };
        let known = [ErrorStatus::Unresolved, ErrorStatus::Muted, ErrorStatus::Resolved];
        let found = known.into_iter().find(|known| known.as_str() == status);
        let unknown = || Fault::said(StatusCode::BAD_REQUEST, Messages::api_no_status);
        found.map(|status| filter.status(status)).ok_or_else(unknown)
    }
}

impl From<ErrorGroup> for Group {
    fn from(group: ErrorGroup) -> Self {
        Self {
            fingerprint: group.fingerprint,
            kind: group.kind,
            class: group.class,
            message: group.message,
            first_seen_at: Moment(group.first_seen_at),
            last_seen_at: Moment(group.last_seen_at),
            first_version: group.first_version,
            last_version: group.last_version,
            occurrences: group.occurrences,
            queues: group.queues,
            resolved_at: group.resolved_at.map(Moment),
            resolved_by: group.resolved_by,
            regressed_at: group.regressed_at.map(Moment),
            muted_until: group.muted_until.map(Moment),
            counts: group.counts,
            last_hour: group.last_hour,
            dead: group.dead,
            retrying: group.retrying,
        }
    }
}
