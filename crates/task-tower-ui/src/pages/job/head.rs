//! The head of the page: the state with what comes next, and what may be done.

use task_tower::{Action, JobRecord, JobState};

use super::life::{Life, Run};
use crate::access::{Permission, Permissions};
use crate::badge::Badge;
use crate::look::Look;
use crate::messages::Markup;

/// Which buttons make sense, and are this visitor's to press.
#[allow(clippy::struct_excessive_bools, reason = "each is a button of its own")]
pub(super) struct Can {
    pub(super) run_now: bool,
    pub(super) requeue: bool,
    pub(super) edit: bool,
    pub(super) cancel: bool,
    pub(super) discard: bool,
    pub(super) delete: bool,
    pub(super) copy: bool,
}

impl Can {
    pub(super) fn of(job: &JobRecord, may: Permissions) -> Self {
        let can = |permission, action: Action| may.contains(permission) && action.applies_to(job.state);
        let is_due = job.state == JobState::Enqueued;
        Self {
            run_now: can(Permission::RunNow, Action::RunNow) && !is_due,
            requeue: can(Permission::Requeue, Action::Requeue) && !is_due,
            edit: may.contains(Permission::Edit) && is_editable(job),
            cancel: can(Permission::Cancel, Action::Cancel { reason: None }) && !job.cancel_requested,
            discard: can(Permission::Discard, Action::Discard { reason: None }),
            delete: can(Permission::Delete, Action::Delete),
            copy: may.contains(Permission::Enqueue),
        }
    }

    /// Whether anything stands behind "more".
    pub(super) fn more(&self) -> bool {
        self.discard || self.delete || (self.requeue && self.run_now)
    }
}

/// Waiting jobs and dead ones.
pub(super) fn is_editable(job: &JobRecord) -> bool {
    job.state == JobState::Dead || (!job.state.is_final() && job.state != JobState::Processing)
}

pub(super) fn badge(job: &JobRecord, life: &Life<'_>, look: &Look) -> Badge {
    let words = running(job, life, look).unwrap_or_else(|| Markup::text(&words(job, life, look)));
    look.badge_saying(job.state.as_str(), words).large()
}

/// For how long, while it runs.
fn running(job: &JobRecord, life: &Life<'_>, look: &Look) -> Option<Markup> {
    let run = life.runs.last().filter(|_| job.state == JobState::Processing)?;
    let time = Markup::shown(&look.ticking(run.began));
    Some(if job.cancel_requested { look.m.job_is_stopping(time) } else { look.m.job_runs_for(time) })
}

fn words(job: &JobRecord, life: &Life<'_>, look: &Look) -> String {
    let m = look.m;
    let ran = life.runs.last().map(|run| took(run, look));
    let reason = job.reason.as_deref().map(|reason| m.reason(reason));
    match (job.state, ran, reason) {
        (JobState::Scheduled, ..) => m.job_runs(look.distance(job.run_at)),
        (JobState::Failed, ..) => m.job_retries(look.distance(job.run_at)),
        (JobState::Awaiting, ..) => m.job_awaits(),
        (JobState::Enqueued, ..) => m.job_waits(crate::say::age(m, look.now - job.run_at)),
        (JobState::Completed, Some(ran), _) => m.job_completed_in(ran),
        (state, _, Some(reason)) => m.job_state_and_reason(m.state(state), shortened(&reason)),
        (state, ..) => m.state(state),
    }
}

fn took(run: &Run<'_>, look: &Look) -> String {
    look.duration(run.ended.unwrap_or(look.now) - run.began)
}

/// A person's words may be a book; the facts have them whole.
fn shortened(reason: &str) -> String {
    match reason.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason.to_owned(),
    }
}
