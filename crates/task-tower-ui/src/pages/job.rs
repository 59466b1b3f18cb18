//! The page of one job.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Html;
use chrono::{DateTime, Utc};
use serde_json::Value;
use task_tower::{Failure, JobId, JobRecord, JobState, Transition};

use super::Frame;
use super::frame::render;
use super::row;
use crate::access::{Permission, Permissions, Visitor};
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Look, Stamp};
use crate::messages::Messages;
use crate::visit::Visit;

/// The most of a payload, and of a result, that the page shows, in characters.
const JSON_CHARACTERS_MAX: usize = 64 * 1024;

/// The most of a failure's message, and of its details. Workers write no more; others may.
const FAILURE_CHARACTERS_MAX: usize = 16 * 1024;

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    frame: Frame,
    m: Messages,
    id: String,
    badge: Badge,
    job: JobRecord,
    wait: String,
    run: String,
    timeout: Option<String>,
    lost: Option<String>,
    created: Stamp,
    due: Stamp,
    began: Option<Stamp>,
    finished: Option<Stamp>,
    reason: Option<String>,
    payload: Json,
    result: Option<Json>,
    context: Option<String>,
    steps: Vec<Step>,
    can: Can,
}

/// JSON as people read it, or as much of it as fits.
struct Json {
    text: String,
    is_cut: bool,
}

/// One line of the history.
struct Step {
    badge: Badge,
    at: Stamp,
    attempt: Option<i32>,
    reason: Option<String>,
    error: Option<Failure>,
    /// How long it stayed in this state; `None` for the last.
    lasted: Option<String>,
}

/// Which buttons make sense, and are this visitor's to press.
struct Can {
    requeue: bool,
    cancel: bool,
    discard: bool,
    delete: bool,
}

pub(crate) async fn job(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Html<String>, Fault> {
    let id: JobId = id.parse()?;
    let job = desk.job(id, &visitor).await?;
    let title = format!("{} {}", job.name(), id.short());
    let frame = Frame::new(&visit, "jobs", title).under("jobs", visit.look.m.nav_jobs());
    render(&JobPage::new(frame, job, &visit.look))
}

impl JobPage {
    fn new(frame: Frame, job: JobRecord, look: &Look) -> Self {
        let stamp = |at| look.moment(at);
        Self {
            id: job.id.to_string(),
            badge: look.badge(job.state).large(),
            wait: row::wait(&job, look),
            run: row::run(&job, look),
            timeout: job.timeout_ms.map(|limit| look.duration(chrono::TimeDelta::milliseconds(limit))),
            lost: u64::try_from(job.crashes).ok().filter(|lost| *lost > 0).map(|lost| look.m.job_workers_lost(lost)),
            created: stamp(job.created_at),
            due: stamp(job.run_at),
            began: job.attempted_at.map(stamp),
            finished: job.finished_at.map(stamp),
            reason: job.reason.as_deref().map(|reason| look.m.reason(reason)),
            payload: Json::of(&job.payload),
            result: job.result.as_ref().map(Json::of),
            context: job.context.as_ref().and_then(|context| serde_json::to_string_pretty(context).ok()),
            steps: steps(&job.history(), look),
            can: Can::of(&job, frame.may),
            m: look.m,
            frame,
            job,
        }
    }
}

impl Json {
    fn of(value: &Value) -> Self {
        let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
        let is_cut = cut(&mut text, JSON_CHARACTERS_MAX);
        Self { text, is_cut }
    }
}

/// Cuts what is beyond so many characters; says whether there was any.
fn cut(text: &mut String, characters_max: usize) -> bool {
    let end = text.char_indices().nth(characters_max).map(|(end, _)| end);
    text.truncate(end.unwrap_or(text.len()));
    end.is_some()
}

fn cut_failure(mut failure: Failure) -> Failure {
    cut(&mut failure.message, FAILURE_CHARACTERS_MAX);
    failure.details.as_mut().map(|details| cut(details, FAILURE_CHARACTERS_MAX));
    failure
}

impl Can {
    fn of(job: &JobRecord, may: Permissions) -> Self {
        let running = job.state == JobState::Processing;
        let waits = !job.state.is_final();
        Self {
            requeue: may.contains(Permission::Requeue) && !running && job.state != JobState::Enqueued,
            cancel: may.contains(Permission::Cancel) && waits && !job.cancel_requested,
            discard: may.contains(Permission::Discard) && waits && !running,
            delete: may.contains(Permission::Delete) && !running,
        }
    }
}

/// Newest first, which is what one wants to know.
fn steps(history: &[Transition], look: &Look) -> Vec<Step> {
    let ends = history.iter().skip(1).map(|next| Some(next.at)).chain([None]);
    let mut steps: Vec<Step> = history.iter().zip(ends).map(|(step, end)| Step::new(step, end, look)).collect();
    steps.reverse();
    steps
}

impl Step {
    fn new(step: &Transition, end: Option<DateTime<Utc>>, look: &Look) -> Self {
        Self {
            badge: look.badge(step.state).plain(),
            at: look.time(step.at),
            attempt: step.attempt,
            reason: step.reason.as_deref().map(|reason| look.m.reason(reason)),
            error: step.error.clone().map(cut_failure),
            lasted: end.map(|end| look.duration(end - step.at)),
        }
    }
}
