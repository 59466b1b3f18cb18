//! Recurring jobs: lists, one with its times, and every change of one.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use task_tower::{
    ClockChange, Console, MissedRuns, Occurrence, Overlap, RECURRING_MAX, Recurrence, RecurringDetails, RecurringDraft,
    RecurringFilter, RecurringRecord, TickOutcome, TickRecord,
};

use super::answer::{Json, Listed, Moment};
use super::ask::{Asked, Body, Named, Nothing, limit, plain};
use super::call::Call;
use super::seen::Seen;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::redact::{is_any_redacted, is_redacted};

const PAGE: usize = 50;
/// So many next times are told.
const UPCOMING: usize = 10;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    q: String,
    failing: Option<bool>,
    paused: Option<bool>,
    after: String,
    limit: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct Recurring {
    name: String,
    kind: String,
    payload: Value,
    queue: String,
    priority: i16,
    max_retries: u32,
    tags: Vec<String>,
    timeout_ms: Option<i64>,
    expression: String,
    zone: String,
    words: Option<String>,
    missed: MissedRuns,
    overlap: Overlap,
    jitter_ms: u64,
    next_at: Option<Moment>,
    skips_next: bool,
    paused_at: Option<Moment>,
    paused_until: Option<Moment>,
    paused_by: Option<String>,
    paused_reason: Option<String>,
    source: Option<String>,
    is_edited: bool,
    created_at: Moment,
    changed_at: Moment,
    revision: String,
    latest: Option<Tick>,
}

/// A time that has come.
#[derive(Serialize)]
pub(super) struct Tick {
    at: Moment,
    outcome: TickOutcome,
    missed: u32,
    job: Option<String>,
    state: Option<&'static str>,
    attempted_at: Option<Moment>,
    finished_at: Option<Moment>,
}

/// A time that comes.
#[derive(Serialize)]
pub(super) struct Coming {
    at: Moment,
    /// What the clock of the zone shows then.
    local: String,
    /// What a change of that clock has to do with it.
    change: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Whole {
    #[serde(flatten)]
    recurring: Recurring,
    ticks: Vec<Tick>,
    upcoming: Vec<Coming>,
}

pub(super) async fn list(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Listed<Recurring>>, Fault> {
    let most = limit(wanted.limit, RECURRING_MAX, PAGE)?;
    let filter = RecurringFilter::new().containing(&wanted.q).after(wanted.after).limit(most);
    let filter = wanted.failing.into_iter().fold(filter, RecurringFilter::failing);
    let filter = wanted.paused.into_iter().fold(filter, RecurringFilter::paused);
    let found = call.desk.recurring_jobs(filter, &call.visitor).await?;
    let next = found.last().filter(|_| found.len() == most).map(|last| last.name.clone());
    Ok(Json(Listed { items: found.into_iter().map(Recurring::new).collect(), next }))
}

pub(super) async fn show(call: Call, Named(name): Named) -> Result<Json<Whole>, Fault> {
    Ok(Json(Whole::new(call.desk.recurring_job(&name, &call.visitor).await?)))
}

pub(super) async fn add(call: Call, Body(draft): Body<RecurringDraft>) -> Result<Response, Fault> {
    let console = call.hand()?;
    check(&call, &draft)?;
    if is_redacted(&draft.payload) || is_any_redacted(&draft.tags) {
        return Err(redacted());
    }
    console.add_recurring(&draft).await?;
    let location = [(header::LOCATION, crate::links::recurring(&draft.name))];
    Ok((StatusCode::CREATED, location, show(call, Named(draft.name)).await?).into_response())
}

/// What may be changed: everything but the name. What is left out stays.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Edit {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_retries: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missed: Option<MissedRuns>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overlap: Option<Overlap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jitter_ms: Option<u64>,
}

pub(super) async fn edit(
    call: Call,
    Named(name): Named,
    seen: Seen,
    Body(edit): Body<Edit>,
) -> Result<Json<Whole>, Fault> {
    let console = seen.on(allow(&call, &name).await?);
    let stored = call.desk.stored_recurring(&name, &call.visitor).await?.recurring;
    if edit.payload.as_ref().is_some_and(is_redacted) || edit.tags.as_deref().is_some_and(is_any_redacted) {
        return Err(redacted());
    }
    // What was not shown does not get into jobs of another kind, where it might be.
    if edit.payload.is_none() && edit.kind.as_ref().is_some_and(|kind| *kind != stored.kind) {
        return Err(Fault::said(StatusCode::BAD_REQUEST, Messages::api_kind_takes_payload));
    }
    let draft = edited(stored.draft(), &edit)?;
    check(&call, &draft)?;
    console.change_recurring(&draft).await?;
    show(call, Named(name)).await
}

fn edited(draft: RecurringDraft, edit: &Edit) -> Result<RecurringDraft, Fault> {
    let fields = |value: serde_json::Result<Value>| match value {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let mut all = fields(serde_json::to_value(draft));
    all.extend(fields(serde_json::to_value(edit)));
    serde_json::from_value(Value::Object(all)).map_err(|error| Fault::bad_request(error.to_string()))
}

pub(super) async fn remove(call: Call, Named(name): Named) -> Result<StatusCode, Fault> {
    allow(&call, &name).await?.remove_recurring(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The job that was made.
#[derive(Serialize)]
pub(super) struct Made {
    job: String,
}

pub(super) async fn run(call: Call, Named(name): Named, _: Body<Nothing>) -> Result<Json<Made>, Fault> {
    let id = allow(&call, &name).await?.run_recurring_now(&name).await?;
    Ok(Json(Made { job: id.to_string() }))
}

/// Until when, and why.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Pause {
    until: Option<DateTime<Utc>>,
    reason: Option<String>,
}

pub(super) async fn pause(call: Call, Named(name): Named, Body(pause): Body<Pause>) -> Result<Json<Whole>, Fault> {
    let reason = pause.reason.filter(|reason| !reason.is_empty());
    plain("reason", reason.as_deref().unwrap_or_default())?;
    allow(&call, &name).await?.pause_recurring(&name, pause.until, reason.as_deref()).await?;
    show(call, Named(name)).await
}

pub(super) async fn resume(call: Call, Named(name): Named, _: Body<Nothing>) -> Result<Json<Whole>, Fault> {
    allow(&call, &name).await?.resume_recurring(&name).await?;
    show(call, Named(name)).await
}

pub(super) async fn skip(call: Call, Named(name): Named, _: Body<Nothing>) -> Result<Json<Whole>, Fault> {
    allow(&call, &name).await?.skip_next_recurring(&name, true).await?;
    show(call, Named(name)).await
}

pub(super) async fn unskip(call: Call, Named(name): Named, _: Body<Nothing>) -> Result<Json<Whole>, Fault> {
    allow(&call, &name).await?.skip_next_recurring(&name, false).await?;
    show(call, Named(name)).await
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Expression {
    expression: String,
    zone: Option<String>,
}

/// What an expression means, or what is wrong with it and at which character.
#[derive(Serialize)]
pub(super) struct Explained {
    words: Option<String>,
    upcoming: Vec<Coming>,
    fault: Option<Mistake>,
}

#[derive(Serialize)]
struct Mistake {
    is_of_zone: bool,
    column: usize,
    message: String,
    suggestion: Option<String>,
}

pub(super) async fn explain(call: Call, Asked(asked): Asked<Expression>) -> Result<Json<Explained>, Fault> {
    let zone = asked.zone.as_deref().unwrap_or("UTC");
    Ok(Json(match Recurrence::new(&asked.expression, zone) {
        Ok(recurrence) => Explained {
            words: Some(recurrence.words()),
            upcoming: recurrence.upcoming(call.look.now).take(UPCOMING).map(|run| Coming::new(&run)).collect(),
            fault: None,
        },
        Err(error) => Explained {
            words: None,
            upcoming: Vec::new(),
            fault: Some(Mistake {
                is_of_zone: error.is_of_zone(),
                column: error.column(),
                message: error.message().to_owned(),
                suggestion: error.suggestion().map(str::to_owned),
            }),
        },
    }))
}

/// Whether one may is told before whether it is there.
async fn allow(call: &Call, name: &str) -> Result<Console, Fault> {
    call.hand()?;
    call.desk.allow_recurring(name, &call.visitor).await
}

/// Nobody lets recur what they would not see.
fn check(call: &Call, draft: &RecurringDraft) -> Result<(), Fault> {
    call.allow_queue(draft.queue.as_deref().unwrap_or("default"))?;
    match call.visitor.scope.admits_kind(&draft.kind) {
        true => Ok(()),
        false => Err(Fault::said(StatusCode::NOT_FOUND, Messages::api_no_kind)),
    }
}

fn redacted() -> Fault {
    Fault::said(StatusCode::BAD_REQUEST, Messages::api_redacted)
}

impl Whole {
    fn new(details: RecurringDetails) -> Self {
        let upcoming = details.recurring.upcoming(UPCOMING).iter().map(Coming::new).collect();
        Self {
            recurring: Recurring::new(details.recurring),
            ticks: details.ticks.iter().map(Tick::new).collect(),
            upcoming,
        }
    }
}

impl Recurring {
    fn new(recurring: RecurringRecord) -> Self {
        Self {
            words: recurring.recurrence().map(|recurrence| recurrence.words()),
            name: recurring.name,
            kind: recurring.kind,
            payload: recurring.payload,
            queue: recurring.queue,
            priority: recurring.priority,
            max_retries: recurring.max_retries,
            tags: recurring.tags,
            timeout_ms: recurring.timeout_ms,
            expression: recurring.expression,
            zone: recurring.zone,
            missed: recurring.missed,
            overlap: recurring.overlap,
            jitter_ms: recurring.jitter_ms,
            next_at: recurring.next_at.map(Moment),
            skips_next: recurring.skips_next,
            paused_at: recurring.paused_at.map(Moment),
            paused_until: recurring.paused_until.map(Moment),
            paused_by: recurring.paused_by,
            paused_reason: recurring.paused_reason,
            source: recurring.source,
            is_edited: recurring.is_edited,
            created_at: Moment(recurring.created_at),
            changed_at: Moment(recurring.changed_at),
            revision: recurring.revision,
            latest: recurring.latest.as_ref().map(Tick::new),
        }
    }
}

impl Tick {
    fn new(tick: &TickRecord) -> Self {
        Self {
            at: Moment(tick.at),
            outcome: tick.outcome,
            missed: tick.missed,
            job: tick.job.map(|id| id.to_string()),
            state: tick.state.map(|state| state.as_str()),
            attempted_at: tick.attempted_at.map(Moment),
            finished_at: tick.finished_at.map(Moment),
        }
    }
}

impl Coming {
    fn new(run: &Occurrence) -> Self {
        let change = run.change().map(|change| match change {
            ClockChange::LeftOut(_) => "left_out",
            ClockChange::OnlyFirst => "only_first",
            ClockChange::Both => "both",
        });
        Self { at: Moment(run.at()), local: run.local().format("%Y-%m-%dT%H:%M:%S").to_string(), change }
    }
}
