//! What an action on all jobs of a filter would do, before anybody does it. A page of its own, so that it
//! works without a script.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Html;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use task_tower::{Action, Count, JobState, Preview};

use crate::access::{Permission, Visitor};
use crate::badge::Badge;
use crate::chips;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::Look;
use crate::messages::Messages;
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::say;
use crate::visit::Visit;

/// More jobs than this are confirmed by typing their number; so is every deletion.
const TYPED_FROM: u64 = 1_000;

/// An action on all jobs of a filter, as forms and links write it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Plan {
    action: String,
    pub(super) q: String,
    reason: String,
    queue: String,
    priority: String,
    /// `2026-11-24T14:30`, in the zone of the reader.
    run_at: String,
    /// The time of the preview.
    pub(super) before: Option<DateTime<Utc>>,
    pub(super) name: String,
    pub(super) typed: String,
}

#[derive(Template)]
#[template(path = "preview.html")]
struct PreviewPage {
    frame: Frame,
    m: Messages,
    plan: Plan,
    action: Action,
    bound: String,
    before: String,
    chips: Vec<(String, String, bool)>,
    spares: bool,
    states: Vec<(Badge, String, String)>,
    samples: Vec<(String, String, String)>,
    eligible: u64,
    button: String,
    /// What is to be typed, if it is.
    number: Option<u64>,
    zone: String,
    mistyped: bool,
}

pub(crate) async fn preview(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    plan: Result<Query<Plan>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(plan) = plan.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    page(&desk, &visitor, &visit, plan, false).await
}

pub(super) async fn page(
    desk: &Desk,
    visitor: &Visitor,
    visit: &Visit,
    plan: Plan,
    mistyped: bool,
) -> Result<Html<String>, Fault> {
    let action = plan.action(&visit.look)?;
    desk.hand(Permission::Operations, visitor)?;
    desk.hand(permission(&action), visitor)?;
    let filter = desk.filter(&plan.q, visitor, &visit.look)?;
    let preview = desk.console.preview(&filter).await?;
    let (look, m) = (&visit.look, visit.look.m);
    let eligible = preview.eligible(&action);
    let verb = m.verb(&action);
    render(&PreviewPage {
        frame: Frame::new(visit, "operations", m.preview_title(&verb)).under("operations", m.nav_operations()).still(),
        m,
        bound: look.clock(preview.created_before),
        before: preview.created_before.to_rfc3339_opts(SecondsFormat::Micros, true),
        chips: chips::of(&filter),
        spares: desk.redact.spares(&filter),
        states: states(&preview, &action, look),
        samples: samples(desk, preview, look),
        eligible: eligible.number(),
        button: m.verb_jobs(&verb, m.number_of_jobs(eligible.number())),
        number: number(&action, eligible),
        zone: look.settings.zone.name().to_owned(),
        action,
        plan,
        mistyped,
    })
}

pub(crate) fn permission(action: &Action) -> Permission {
    match action {
        Action::Requeue => Permission::Requeue,
        Action::RunNow => Permission::RunNow,
        Action::Cancel { .. } => Permission::Cancel,
        Action::Discard { .. } => Permission::Discard,
        Action::Delete => Permission::Delete,
        _ => Permission::Edit,
    }
}

/// What has to be typed so that nobody deletes, or changes very many jobs, by a slip.
pub(crate) fn number(action: &Action, eligible: Count) -> Option<u64> {
    let is_grave = *action == Action::Delete || eligible.number() > TYPED_FROM;
    (is_grave && eligible.number() > 0).then_some(eligible.number())
}

fn states(preview: &Preview, action: &Action, look: &Look) -> Vec<(Badge, String, String)> {
    let time = || match action {
        Action::Reschedule { run_at } => look.clock(*run_at),
        _ => String::new(),
    };
    let row = |(state, count): (&JobState, &Count)| {
        (look.badge(*state).plain(), say::counted(*count), look.m.happens(action, *state, time))
    };
    preview.states.iter().map(row).collect()
}

fn samples(desk: &Desk, preview: Preview, look: &Look) -> Vec<(String, String, String)> {
    let sample = |job| {
        let job = desk.redact.job(job);
        (job.id.to_string(), job.name().to_owned(), look.clock(job.created_at))
    };
    preview.samples.into_iter().map(sample).collect()
}

impl Plan {
    pub(super) fn action(&self, look: &Look) -> Result<Action, Fault> {
        let reason = Some(self.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        match self.action.as_str() {
            "requeue" => Ok(Action::Requeue),
            "run_now" => Ok(Action::RunNow),
            "cancel" => Ok(Action::Cancel { reason }),
            "discard" => Ok(Action::Discard { reason }),
            "delete" => Ok(Action::Delete),
            "move" => Ok(Action::Move { queue: self.queue_or_default() }),
            "prioritize" => Ok(Action::Prioritize { priority: self.priority.trim().parse().unwrap_or(0) }),
            "reschedule" => Ok(Action::Reschedule { run_at: self.run_at(look)? }),
            _ => Err(Fault::said(StatusCode::NOT_FOUND, Messages::preview_no_action)),
        }
    }

    fn queue_or_default(&self) -> String {
        let queue = self.queue.trim();
        if queue.is_empty() { "default".to_owned() } else { queue.to_owned() }
    }

    /// An hour from now, unless it is said.
    fn run_at(&self, look: &Look) -> Result<DateTime<Utc>, Fault> {
        if self.run_at.is_empty() {
            return Ok(look.now + chrono::TimeDelta::hours(1));
        }
        look.typed(&self.run_at).ok_or_else(|| Fault::said(StatusCode::BAD_REQUEST, Messages::preview_no_time))
    }

    /// For the field of the form.
    fn shown_run_at(&self, look: &Look) -> String {
        look.field(self.run_at(look).unwrap_or(look.now))
    }
}
