//! What a row of the list shows when it is opened: a sample, where it occurs, and what can be done.

use task_tower::{ErrorGroup, EventKind, JobRecord};

use super::filter;
use super::show::{Operation, is_open, operations};
use crate::access::Visitor;
use crate::desk::Desk;
use crate::look::{Look, Stamp};
use crate::messages::Markup;
use crate::pages::links;
use crate::pages::stack::Details;
use crate::say;

/// So many of the groups, the newest, can be opened in the list; each has a page of its own.
const OPENED_MAX: usize = 20;
/// The most of a stack.
const FRAMES_MAX: usize = 20;
/// The most of a message, and of its details.
const CHARACTERS_MAX: usize = 2_000;

pub(super) struct More {
    pub(super) sample: Option<Sample>,
    pub(super) facts: Vec<(String, Markup)>,
    pub(super) operations: Vec<Operation>,
    pub(super) is_open: bool,
    /// Its jobs, from the root.
    pub(super) jobs: String,
}

/// The last failure of one of the jobs.
pub(super) struct Sample {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) attempt: i32,
    pub(super) at: Stamp,
    pub(super) message: String,
    pub(super) details: Details,
}

/// Of the first of these groups.
pub(super) async fn more(desk: &Desk, visitor: &Visitor, groups: &[ErrorGroup], look: &Look) -> Vec<More> {
    let mut opened = Vec::new();
    for group in groups.iter().take(OPENED_MAX) {
        // One that the visitor does not see is not there.
        let job = desk.job(group.sample_job, visitor).await.ok();
        let sample = job.and_then(|job| Sample::of(&job, group.last_version.as_deref(), look));
        opened.push(More::new(group, sample, visitor, look));
    }
    opened
}

impl More {
    fn new(group: &ErrorGroup, sample: Option<Sample>, visitor: &Visitor, look: &Look) -> Self {
        Self {
            sample,
            facts: facts(group, visitor, look),
            operations: operations(group, visitor, look.m),
            is_open: is_open(group, look),
            jobs: links::jobs(&filter(group, "")),
        }
    }
}

fn facts(group: &ErrorGroup, visitor: &Visitor, look: &Look) -> Vec<(String, Markup)> {
    let m = look.m;
    let version = |version: &Option<String>| version.as_deref().map(Markup::text);
    let mut facts = vec![(m.error_first_seen(), Markup::text(&look.clock(group.first_seen_at)))];
    facts.extend(version(&group.first_version).map(|version| (m.error_first_version(), version)));
    facts.extend(version(&group.last_version).map(|version| (m.error_last_version(), version)));
    // The list lies at the root.
    facts.push((m.error_queues(), links::queues(group, visitor, "")));
    facts.push((m.error_occurrences(), Markup::text(&say::with_commas(group.occurrences))));
    facts
}

impl Sample {
    /// `version` is that of the program in which it failed, if that is known.
    fn of(job: &JobRecord, version: Option<&str>, look: &Look) -> Option<Self> {
        let failures = job.events.iter().rev().filter(|event| event.event != EventKind::InterceptorFailed);
        let (event, failure) = failures.filter_map(|event| Some((event, event.error.as_ref()?))).next()?;
        let text = |text: &str| text.chars().take(CHARACTERS_MAX).collect::<String>();
        Some(Self {
            id: job.id.to_string(),
            name: format!("{} {}", job.name(), job.id.short()),
            attempt: event.attempt.unwrap_or(job.attempt),
            at: look.time(event.at),
            message: text(&failure.message),
            details: Details::beginning(
                &text(failure.details.as_deref().unwrap_or_default()),
                FRAMES_MAX,
                version,
                look,
            ),
        })
    }
}
