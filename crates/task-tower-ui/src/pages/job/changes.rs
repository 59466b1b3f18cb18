//! The history of a job, newest first: its states, and what people changed by hand.

use chrono::{DateTime, TimeDelta, Utc};
use task_tower::{AuditRecord, JobRecord, JobState, Transition};

use super::attempts::{Hosts, worker};
use super::life::Life;
use super::timeline::short;
use crate::badge::Badge;
use crate::look::{Look, Stamp};

/// So many are shown at once.
pub(super) const CHANGES_SHOWN: usize = 8;

/// An entry of the audit and the event of the same transaction are no further apart.
const SAME_CHANGE_SECONDS: i64 = 5;

pub(super) struct Change {
    pub(super) badge: Badge,
    pub(super) words: String,
    /// The worker, or the person.
    pub(super) who: Option<String>,
    pub(super) at: Stamp,
    time: DateTime<Utc>,
}

/// What the words of a change are made of.
struct Teller<'a> {
    job: &'a JobRecord,
    life: &'a Life<'a>,
    hosts: &'a Hosts,
    look: &'a Look,
}

pub(super) fn changes(
    job: &JobRecord,
    life: &Life<'_>,
    audits: &[AuditRecord],
    hosts: &Hosts,
    look: &Look,
) -> Vec<Change> {
    let mut audits: Vec<&AuditRecord> = audits.iter().collect();
    let teller = Teller { job, life, hosts, look };
    let mut changes: Vec<Change> = job.history().iter().map(|step| teller.tell(step, &mut audits)).collect();
    changes.extend(audits.into_iter().map(|entry| by_hand(entry, look)));
    // Of two at the same time the later is the one that was told later.
    changes.sort_by_key(|change| change.time);
    changes.reverse();
    changes
}

impl Teller<'_> {
    fn tell(&self, step: &Transition, audits: &mut Vec<&AuditRecord>) -> Change {
        let by_hand = take(audits, step);
        Change {
            badge: self.look.badge(step.state).plain(),
            words: self.words(step),
            who: by_hand.map(|entry| entry.actor.clone()).or_else(|| self.worker(step)),
            at: self.look.time(step.at),
            time: step.at,
        }
    }

    fn words(&self, step: &Transition) -> String {
        let m = self.look.m;
        let reason = step.reason.as_deref().map(|reason| m.reason(reason));
        match (step.state, step.attempt, &step.error) {
            (JobState::Failed, Some(attempt), Some(error)) => self.failed(step, attempt, &short(error)),
            (_, Some(attempt), Some(error)) => m.job_attempt_failed(attempt, short(error)),
            (JobState::Processing, Some(attempt), _) => m.job_attempt(attempt),
            (JobState::Completed, ..) => self.ran(step.at).map(|time| m.job_ran_for(time)).unwrap_or_default(),
            (_, None, _) if reason.is_none() => m.job_was_created(),
            _ => reason.unwrap_or_default(),
        }
    }

    fn failed(&self, step: &Transition, attempt: i32, error: &str) -> String {
        let run = self.life.runs.iter().find(|run| run.ended == Some(step.at));
        match run.and_then(|run| run.next) {
            Some(next) => {
                let wait = crate::say::age(self.look.m, next - step.at);
                self.look.m.job_attempt_failed_and_retries(attempt, error, wait)
            }
            None => self.look.m.job_attempt_failed(attempt, error),
        }
    }

    fn ran(&self, ended: DateTime<Utc>) -> Option<String> {
        let run = self.life.runs.iter().find(|run| run.ended == Some(ended))?;
        Some(self.look.duration(ended - run.began))
    }

    /// Of a run, and of its end.
    fn worker(&self, step: &Transition) -> Option<String> {
        let run = self.life.runs.iter().find(|run| run.began == step.at || run.ended == Some(step.at));
        let present = self.job.worker_id.filter(|_| self.job.finished_at == Some(step.at) && step.attempt > Some(0));
        let id = run.and_then(|run| run.worker).or_else(|| present.map(|id| id.as_i64()))?;
        Some(worker(id, self.hosts, self.look))
    }
}

/// The entry of the person who did it, if one did: it is told with the step.
fn take<'a>(audits: &mut Vec<&'a AuditRecord>, step: &Transition) -> Option<&'a AuditRecord> {
    let reason = step.reason.as_deref();
    let action = match step.state {
        JobState::Enqueued if step.attempt.is_none() && reason.is_none() => "enqueue",
        JobState::Scheduled | JobState::Awaiting if reason.is_none() => "enqueue",
        JobState::Enqueued => "requeue",
        JobState::Cancelled => "cancel",
        JobState::Dead if reason == Some("discarded") => "discard",
        _ => return None,
    };
    let is_near = |entry: &&AuditRecord| (entry.at - step.at).abs() <= TimeDelta::seconds(SAME_CHANGE_SECONDS);
    let place = audits.iter().position(|entry| entry.action == action && is_near(entry))?;
    Some(audits.remove(place))
}

fn by_hand(entry: &AuditRecord, look: &Look) -> Change {
    let icon = match entry.action.as_str() {
        "requeue" | "undo" => "requeue",
        "cancel" => "cancelled",
        "discard" | "delete" => "dead",
        "enqueue" | "run_now" => "enqueued",
        _ => "edit",
    };
    Change {
        badge: look.badge_of(icon, look.m.by_hand()).plain(),
        words: look.m.deed(entry),
        who: Some(entry.actor.clone()),
        at: look.time(entry.at),
        time: entry.at,
    }
}
