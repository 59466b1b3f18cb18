//! The list of recurring jobs: when they come, what became of the last times, and what can be done to each.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use chrono::TimeDelta;
use serde::Deserialize;
use task_tower::{Count, JobState, RecurringCounts, RecurringFilter, RecurringRecord, TICKS_SHOWN, TickRecord};

use super::{clocks, record};
use crate::access::{Permission, Visitor};
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Beads, Look, Stamp};
use crate::messages::{Markup, Messages};
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::say;
use crate::visit::Visit;

/// So many stand on a page.
const ROWS_MAX: usize = 50;

#[derive(Template)]
#[template(path = "recurring.html")]
struct RecurringPage {
    frame: Frame,
    m: Messages,
    wanted: Wanted,
    /// The tabs: all, those that fail, and those that are paused.
    tabs: [Tab; 3],
    /// What is said where there is nothing.
    none: String,
    rows: Vec<Row>,
    /// Which clocks are changed soon, and what becomes of schedules then.
    clocks: Vec<Markup>,
    more: Option<String>,
    /// Whether nothing narrows it down.
    is_whole: bool,
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// A part of a name, a kind or a queue.
    q: String,
    /// `failing`, `paused`, or empty for all.
    status: String,
    /// The last of the page before.
    after: String,
}

/// A part of all.
struct Tab {
    href: String,
    word: String,
    /// How many there are; empty when it took too long to count them.
    count: String,
    current: bool,
}

struct Row {
    name: String,
    href: String,
    expression: String,
    words: String,
    /// Where it is not UTC.
    zone: Option<String>,
    /// How long until then, and when it is.
    next: Option<(String, Stamp)>,
    skips: bool,
    /// Who paused it.
    paused: Option<Markup>,
    /// Its last times at a glance, and the last of them.
    beads: Option<Beads>,
    latest: Option<Latest>,
    /// How long half of the runs took at the most.
    took: Option<String>,
    jobs: String,
}

/// What became of its last time.
struct Latest {
    badge: Badge,
    /// From the root.
    job: Option<String>,
    time: Stamp,
}

pub(crate) async fn recurring(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let mut found = desk.recurring_jobs(wanted.filter(), &visitor).await?;
    let is_more = found.len() > ROWS_MAX;
    found.truncate(ROWS_MAX);
    let counts = Fault::unless_too_slow(desk.count_recurring(wanted.part(), &visitor).await)?;
    let mut ticks = Fault::unless_too_slow(desk.ticks_of(&found).await)?.unwrap_or_default();
    let (look, m) = (&visit.look, visit.look.m);
    let last = found.last().filter(|_| is_more).map(|recurring| recurring.name.clone());
    render(&RecurringPage {
        frame: Frame::new(&visit, "recurring", m.nav_recurring()),
        m,
        tabs: wanted.tabs(counts, m),
        none: wanted.none(m),
        rows: found
            .iter()
            .map(|recurring| Row::new(recurring, &ticks.remove(&recurring.name).unwrap_or_default(), look))
            .collect(),
        clocks: clocks::notices(&found, look),
        more: last.map(|name| wanted.behind(&name)),
        is_whole: wanted.q.trim().is_empty() && wanted.is_any() && wanted.after.is_empty(),
        wanted,
    })
}

impl Wanted {
    /// One more than there is room for tells that there are more.
    fn filter(&self) -> RecurringFilter {
        let filter = self.part().after(self.after.clone()).limit(ROWS_MAX + 1);
        match self.status.as_str() {
            "failing" => filter.failing(true),
            "paused" => filter.paused(true),
            _ => filter,
        }
    }

    /// Whatever their state is.
    fn part(&self) -> RecurringFilter {
        RecurringFilter::new().containing(&self.q)
    }

    fn is_any(&self) -> bool {
        !matches!(self.status.as_str(), "failing" | "paused")
    }

    fn tabs(&self, counts: Option<RecurringCounts>, m: Messages) -> [Tab; 3] {
        let tab = |status: &str, word, count: fn(RecurringCounts) -> Count| Tab {
            href: self.status_link(status, ""),
            word,
            count: counts.map(count).map(say::counted).unwrap_or_default(),
            current: if status.is_empty() { self.is_any() } else { self.status == status },
        };
        [
            tab("", m.recurring_all(), |counts| counts.all),
            tab("failing", m.recurring_failing_only(), |counts| counts.failing),
            tab("paused", m.recurring_paused_only(), |counts| counts.paused),
        ]
    }

    fn none(&self, m: Messages) -> String {
        match (self.q.trim().is_empty(), self.status.as_str()) {
            (true, "failing") => m.recurring_none_failing(),
            (true, "paused") => m.recurring_none_paused(),
            _ => m.recurring_none_fits(),
        }
    }

    fn behind(&self, name: &str) -> String {
        self.status_link(&self.status, name)
    }

    fn status_link(&self, status: &str, after: &str) -> String {
        crate::links::recurring_list(&[("q", &self.q), ("status", status), ("after", after)])
    }
}

impl Row {
    fn new(recurring: &RecurringRecord, ticks: &[TickRecord], look: &Look) -> Self {
        let latest = recurring.latest.as_ref().map(|tick| Latest {
            badge: record::badge(tick, look).plain(),
            job: tick.job.filter(|_| tick.state.is_some()).map(|id| format!("jobs/{id}")),
            time: look.time(tick.at),
        });
        Self {
            href: crate::links::recurring(&recurring.name),
            expression: recurring.expression.clone(),
            words: record::words(recurring),
            zone: Some(recurring.zone.clone()).filter(|zone| zone != "UTC"),
            next: recurring.next_at.map(|next| (look.distance(next), look.time(next))),
            skips: recurring.skips_next,
            paused: record::pause(recurring, look),
            beads: beads(ticks, look),
            took: middle(ticks).map(|took| look.duration(took)),
            latest,
            jobs: crate::links::recurring_jobs(&recurring.name),
            name: recurring.name.clone(),
        }
    }
}

/// The last times, and in words how many of them ended how.
fn beads(ticks: &[TickRecord], look: &Look) -> Option<Beads> {
    let (well, not) = (
        ticks.iter().filter(|tick| tick.state == Some(JobState::Completed)).count() as u64,
        ticks.iter().filter(|tick| tick.state.is_some_and(is_bad)).count() as u64,
    );
    let times = look.m.recurring_last_number(ticks.len() as u64);
    let name = look.m.recurring_beads(times, say::with_commas(well), say::with_commas(not));
    let classes = ticks.iter().rev().map(record::class).collect();
    (!ticks.is_empty()).then_some(Beads { name, classes, room: TICKS_SHOWN })
}

fn is_bad(state: JobState) -> bool {
    matches!(state, JobState::Failed | JobState::Dead)
}

/// How long the run in the middle took, of those whose job has completed.
fn middle(ticks: &[TickRecord]) -> Option<TimeDelta> {
    let completed = ticks.iter().filter(|tick| tick.state == Some(JobState::Completed));
    let mut times: Vec<TimeDelta> =
        completed.filter_map(|tick| Some((tick.finished_at? - tick.attempted_at?).max(TimeDelta::zero()))).collect();
    times.sort_unstable();
    times.get(times.len().checked_sub(1)? / 2).copied()
}
