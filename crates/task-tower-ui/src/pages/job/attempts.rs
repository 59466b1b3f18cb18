//! The runs of a job, newest first, each with what it left behind.

use std::collections::HashMap;

use task_tower::{Failure, JobState};

use super::life::{Life, Outcome, Run};
use super::timeline::short;
use crate::badge::Badge;
use crate::look::{Look, Stamp};
use crate::messages::Markup;
use crate::pages::stack::Details;

/// The most of one message and of its details. Workers write no more; others may.
const FAILURE_CHARACTERS_MAX: usize = 16 * 1024;

/// The most of all of them together: the newest are whole.
const ALL_CHARACTERS_MAX: usize = 64 * 1024;

/// Workers by their ids, as long as they are known.
pub(super) type Hosts = HashMap<i64, Host>;

/// What is said of a worker beside what it did.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) name: String,
    /// Of the program.
    pub(super) version: Option<String>,
}

pub(super) struct Attempt {
    pub(super) number: i32,
    pub(super) badge: Badge,
    pub(super) worker: Option<String>,
    pub(super) began: Stamp,
    pub(super) waited: String,
    pub(super) ran: Markup,
    pub(super) error: Option<Shown>,
}

/// A failure as the page shows it.
pub(super) struct Shown {
    /// What stands in the row while it is closed.
    pub(super) short: String,
    pub(super) class: String,
    pub(super) message: String,
    pub(super) details: Details,
    pub(super) is_cut: bool,
}

pub(super) fn attempts(life: &Life<'_>, hosts: &Hosts, look: &Look) -> Vec<Attempt> {
    let mut left = ALL_CHARACTERS_MAX;
    life.runs.iter().rev().map(|run| attempt(run, hosts, look, &mut left)).collect()
}

fn attempt(run: &Run<'_>, hosts: &Hosts, look: &Look, left: &mut usize) -> Attempt {
    let ran = match run.ended {
        Some(ended) => Markup::text(&look.duration(ended - run.began)),
        None => Markup::shown(&look.ticking(run.began)),
    };
    Attempt {
        number: run.attempt,
        badge: badge(run.outcome, look),
        worker: run.worker.map(|id| worker(id, hosts, look)),
        began: look.time(run.began),
        waited: look.duration(run.waited()),
        ran: look.m.job_ran(ran),
        error: run.error.map(|error| Shown::new(error, version(run, hosts), look, left)),
    }
}

/// By its host, as long as that is known.
pub(super) fn worker(id: i64, hosts: &Hosts, look: &Look) -> String {
    hosts.get(&id).map_or_else(|| look.m.job_worker_number(id), |host| host.name.clone())
}

/// That of the program that ran it.
fn version<'a>(run: &Run<'_>, hosts: &'a Hosts) -> Option<&'a str> {
    hosts.get(&run.worker?)?.version.as_deref()
}

fn badge(outcome: Outcome, look: &Look) -> Badge {
    match outcome {
        Outcome::State(state) => look.badge(state),
        Outcome::Rescued => look.badge_of("dead", look.m.job_worker_lost()),
        Outcome::Released => look.badge_of("enqueued", look.m.job_given_back()),
        Outcome::Snoozed => look.badge_of(JobState::Scheduled.as_str(), look.m.job_snoozed()),
    }
}

impl Shown {
    pub(super) fn new(error: &Failure, version: Option<&str>, look: &Look, left: &mut usize) -> Self {
        let (message, message_is_cut) = cut(&error.message, left);
        let (details, details_is_cut) = cut(error.details.as_deref().unwrap_or_default(), left);
        let details = Details::of(details, version, look);
        Self {
            short: short(error),
            class: class(error, look),
            message: message.to_owned(),
            is_cut: message_is_cut || details_is_cut || details.is_cut,
            details,
        }
    }
}

fn class(error: &Failure, look: &Look) -> String {
    match error.class.as_str() {
        "" | "Error" | "Panic" | "Timeout" | "Decode" | "WorkerLost" => look.m.failure_kind(&error.kind),
        name => name.to_owned(),
    }
}

/// As much of a text as is left to be shown, and whether there is more.
fn cut<'a>(text: &'a str, left: &mut usize) -> (&'a str, bool) {
    let end = text.char_indices().nth(FAILURE_CHARACTERS_MAX.min(*left)).map(|(end, _)| end);
    let shown = &text[..end.unwrap_or(text.len())];
    *left = left.saturating_sub(shown.len());
    (shown, end.is_some())
}
