//! The buttons of operations.

use axum::Extension;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use task_tower::OperationRecord;

use super::super::undo::{Way, naming, work_on};
use super::preview::{Plan, number, page, permission};
use super::show::find;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::place::is_inside;
use crate::visit::Visit;

/// Begins an operation, if what had to be typed was.
pub(crate) async fn start(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    form: Result<Form<Plan>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(plan) = form.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let action = plan.action(&visit.look)?;
    desk.hand(permission(&action), &visitor)?;
    let filter = desk.filter(&plan.q, &visitor, &visit.look)?;
    let preview = desk.console.preview(&filter).await?;
    let wanted = number(&action, preview.eligible(&action));
    let typed = plan.typed.replace([',', ' '], "");
    if wanted.is_some_and(|number| !typed.parse().is_ok_and(|typed| is_near(typed, number))) {
        return Ok(page(&desk, &visitor, &visit, plan, true).await?.into_response());
    }
    // Never later than now: a form that was kept for long cannot reach jobs that nobody has seen.
    let before = plan.before.map_or(preview.created_before, |before| before.min(preview.created_before));
    let id = desk
        .hand(Permission::Operations, &visitor)?
        .start_operation(&action, &filter, before, plan.name.trim())
        .await?;
    desk.driver.wake();
    Ok(Redirect::to(&format!("operations/{id}")).into_response())
}

/// Jobs come and go while a person types: a number within a tenth shows that they know what they do.
pub(crate) fn is_near(typed: u64, number: u64) -> bool {
    typed > 0 && typed.abs_diff(number) <= number / 10
}

pub(crate) async fn cancel(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Redirect, Fault> {
    let id = find(&desk, &visitor, &id).await?.id;
    desk.hand(Permission::Operations, &visitor)?.cancel_operation(id).await?;
    Ok(Redirect::to(&format!("../{id}")))
}

pub(crate) async fn undo(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(id): Path<String>,
    form: Result<Form<Way>, FormRejection>,
) -> Result<Redirect, Fault> {
    let Form(way) = form.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let record = find(&desk, &visitor, &id).await?;
    let console = desk.hand(for_undo(&record, &visitor), &visitor)?;
    let undoing = console.undo(record.id).await?;
    if is_inside(&way.back) {
        work_on(&console, undoing).await?;
        desk.driver.wake();
        return Ok(Redirect::to(&format!("{}{}", visit.place.root, naming(&way.back, "undone", undoing))));
    }
    desk.driver.wake();
    Ok(Redirect::to(&format!("../{undoing}")))
}

/// Who has done something to jobs that they picked may take that back.
fn for_undo(record: &OperationRecord, visitor: &Visitor) -> Permission {
    match record.filter.is_none() && record.actor == visitor.actor {
        true => permission(&record.action),
        false => Permission::Operations,
    }
}
