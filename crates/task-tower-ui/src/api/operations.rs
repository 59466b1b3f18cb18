//! Operations: actions on all jobs that a filter finds, how far they are, stopping and undoing them.

use std::collections::BTreeMap;

use axum::http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use task_tower::{Action, Count, JobFilter, OperationId, OperationRecord};

use super::answer::{Json, Listed, Moment, Number};
use super::ask::{Asked, Body, Named, Nothing};
use super::call::Call;
use super::job::Summary;
use super::plan::Plan;
use crate::access::Permission;
use crate::fault::Fault;
use crate::pages::operations::{PAGE, confirmation, find, is_near, is_visible, permission};

type Found = ([(header::HeaderName, String); 1], Json<Operation>);

#[derive(Serialize)]
pub(super) struct Operation {
    id: String,
    name: String,
    actor: String,
    #[serde(flatten)]
    deed: Deed,
    filter: Option<String>,
    created_before: Option<Moment>,
    created_at: Moment,
    stepped_at: Option<Moment>,
    ended_at: Option<Moment>,
    expected: u64,
    done: u64,
    skipped: u64,
    skipped_states: BTreeMap<String, u64>,
    cancel_requested: bool,
    failure: Option<String>,
    undoes: Option<String>,
    undo_until: Option<Moment>,
    undone_at: Option<Moment>,
}

/// The action, with what else it says.
#[derive(Serialize)]
struct Deed {
    action: &'static str,
    reason: Option<String>,
    queue: Option<String>,
    priority: Option<i16>,
    run_at: Option<Moment>,
}

#[derive(Serialize)]
pub(super) struct Foreseen {
    #[serde(flatten)]
    deed: Deed,
    created_before: Moment,
    states: BTreeMap<&'static str, Number>,
    total: Number,
    eligible: Number,
    /// What an operation wants to be told, if it does.
    confirm: Option<u64>,
    can_be_undone: bool,
    samples: Vec<Summary>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    before: Option<i64>,
}

pub(super) async fn list(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Listed<Operation>>, Fault> {
    let records = call.desk.console.operations(wanted.before.map(OperationId)).await?;
    let is_full = records.len() == PAGE;
    let next = records.last().filter(|_| is_full).map(|record| record.id.to_string());
    let seen = records.into_iter().filter(|record| is_visible(record, &call.visitor));
    Ok(Json(Listed { items: seen.map(Operation::from).collect(), next }))
}

pub(super) async fn show(call: Call, Named(id): Named) -> Result<Json<Operation>, Fault> {
    Ok(Json(find(&call.desk, &call.visitor, &id).await?.into()))
}

pub(super) async fn preview(call: Call, Body(plan): Body<Plan>) -> Result<Json<Foreseen>, Fault> {
    let (action, filter) = admitted(&call, &plan)?;
    let preview = call.desk.console.preview(&filter).await?;
    let eligible = preview.eligible(&action);
    Ok(Json(Foreseen {
        created_before: Moment(preview.created_before),
        total: preview.total().into(),
        eligible: eligible.into(),
        confirm: confirmation(&action, eligible),
        can_be_undone: action.can_be_undone(),
        states: preview.states.into_iter().map(|(state, count)| (state.as_str(), count.into())).collect(),
        samples: preview.samples.into_iter().map(|job| Summary::of(call.desk.redact.job(job))).collect(),
        deed: Deed::from(action),
    }))
}

pub(super) async fn start(call: Call, Body(plan): Body<Plan>) -> Result<(StatusCode, Found), Fault> {
    let (action, filter) = admitted(&call, &plan)?;
    let preview = call.desk.console.preview(&filter).await?;
    confirmed(&plan, &action, preview.eligible(&action))?;
    // Never later than now: it reaches no jobs that nobody has seen.
    let before = plan.created_before.map_or(preview.created_before, |before| before.min(preview.created_before));
    let id = call.hand()?.start_operation(&action, &filter, before, plan.name.trim()).await?;
    begun(&call, id, "").await
}

pub(super) async fn cancel(call: Call, Named(id): Named, _: Body<Nothing>) -> Result<Json<Operation>, Fault> {
    let id = find(&call.desk, &call.visitor, &id).await?.id;
    call.hand()?.cancel_operation(id).await?;
    Ok(Json(call.desk.console.operation(id).await?.into()))
}

pub(super) async fn undo(call: Call, Named(id): Named, _: Body<Nothing>) -> Result<(StatusCode, Found), Fault> {
    let id = find(&call.desk, &call.visitor, &id).await?.id;
    let undoing = call.hand()?.undo(id).await?;
    begun(&call, undoing, "../../").await
}

/// What is asked for, if the caller may do it to single jobs as well.
fn admitted(call: &Call, plan: &Plan) -> Result<(Action, JobFilter), Fault> {
    call.hand()?;
    let action = plan.action()?;
    call.desk.hand(permission(&action), &call.visitor)?;
    if let Action::Move { queue } = &action {
        call.desk.allow_queue(queue, Permission::Edit, &call.visitor)?;
    }
    Ok((action, call.filter(plan.filter()?)?))
}

fn confirmed(plan: &Plan, action: &Action, eligible: Count) -> Result<(), Fault> {
    let Some(number) = confirmation(action, eligible) else { return Ok(()) };
    match plan.confirm.is_some_and(|confirm| is_near(confirm, number)) {
        true => Ok(()),
        false => Err(Fault::said(StatusCode::PRECONDITION_REQUIRED, move |m| m.api_confirm(number))
            .with("confirm", number.into())),
    }
}

async fn begun(call: &Call, id: OperationId, up: &str) -> Result<(StatusCode, Found), Fault> {
    call.desk.driver.wake();
    let operation = call.desk.console.operation(id).await?;
    let location = [(header::LOCATION, format!("{up}operations/{id}"))];
    Ok((StatusCode::CREATED, (location, Json(operation.into()))))
}

impl From<Action> for Deed {
    fn from(action: Action) -> Self {
        let mut deed = Self { action: action.as_str(), reason: None, queue: None, priority: None, run_at: None };
        match action {
            Action::Cancel { reason } | Action::Discard { reason } => deed.reason = reason,
            Action::Move { queue } => deed.queue = Some(queue),
            Action::Prioritize { priority } => deed.priority = Some(priority),
            Action::Reschedule { run_at } => deed.run_at = Some(Moment(run_at)),
            _ => {}
        }
        deed
    }
}

impl From<OperationRecord> for Operation {
    fn from(record: OperationRecord) -> Self {
        Self {
            id: record.id.to_string(),
            name: record.name,
            actor: record.actor,
            deed: record.action.into(),
            filter: record.filter,
            created_before: record.created_before.map(Moment),
            created_at: Moment(record.created_at),
            stepped_at: record.stepped_at.map(Moment),
            ended_at: record.ended_at.map(Moment),
            expected: record.expected,
            done: record.done,
            skipped: record.skipped,
            skipped_states: record.skipped_states,
            cancel_requested: record.cancel_requested,
            failure: record.failure,
            undoes: record.undoes.map(|id| id.to_string()),
            undo_until: record.undo_until.map(Moment),
            undone_at: record.undone_at.map(Moment),
        }
    }
}
