//! The causes below the charts: errors, queues, workers, kinds; the worst of each first.

use chrono::TimeDelta;
use task_tower::{ErrorGroup, KindRecord, QueueRecord, WorkerRecord};

use super::asked::Asked;
use crate::look::{Bar, Icon, Look, Spark};
use crate::messages::Markup;
use crate::pages::charts::spark;
use crate::pages::links;
use crate::say;

/// The time of the list of errors.
const HOUR: TimeDelta = TimeDelta::hours(1);
/// A panel shows as many rows.
const ROWS: usize = 5;
const QUEUES: usize = 7;

pub(super) struct ErrorLine {
    pub(super) link: Markup,
    pub(super) kind: String,
    pub(super) message: String,
    pub(super) spark: Spark,
    pub(super) count: String,
    pub(super) age: String,
    /// Whether it occurred for the first time within the hour that the list is of.
    pub(super) is_new: bool,
}

pub(super) struct QueueLine {
    pub(super) link: Markup,
    pub(super) bar: Bar,
    pub(super) age: String,
    /// `late`, `muted` or nothing.
    pub(super) tone: &'static str,
    pub(super) count: String,
}

pub(super) struct WorkerLine {
    pub(super) href: String,
    pub(super) icon: Icon,
    pub(super) name: String,
    pub(super) is_dead: bool,
    pub(super) bar: Option<Bar>,
    pub(super) note: String,
}

pub(super) struct KindLine {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) bar: Bar,
    pub(super) time: String,
}

/// Those of the last hour, the most frequent first.
pub(super) fn errors(asked: &Asked, look: &Look) -> Vec<ErrorLine> {
    asked.errors.iter().take(ROWS).map(|group| ErrorLine::new(group, look)).collect()
}

pub(super) fn queues(asked: &Asked, look: &Look) -> Vec<QueueLine> {
    let mut queues: Vec<&QueueRecord> = asked.queues.iter().collect();
    queues.sort_by_key(|queue| (queue.paused_at.is_some(), queue.oldest_since.unwrap_or(look.now)));
    queues.into_iter().take(QUEUES).map(|queue| QueueLine::new(queue, look)).collect()
}

/// The dead first, then the busiest.
pub(super) fn workers(asked: &Asked, look: &Look) -> Vec<WorkerLine> {
    let mut workers: Vec<&WorkerRecord> = asked.expected().collect();
    workers.sort_by_key(|worker| (worker.ended_at.is_none(), -worker.busy));
    workers.into_iter().take(ROWS).map(|worker| WorkerLine::new(worker, look)).collect()
}

pub(super) fn kinds(asked: &Asked, look: &Look) -> Vec<KindLine> {
    let mut timed: Vec<(&KindRecord, u64)> = asked.kinds.iter().filter_map(|kind| Some((kind, p95(kind)?))).collect();
    timed.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
    timed.truncate(ROWS);
    let slowest = timed.first().map_or(1, |(_, time)| *time);
    timed.into_iter().map(|(kind, time)| KindLine::new(kind, time, slowest, look)).collect()
}

/// In milliseconds.
fn p95(kind: &KindRecord) -> Option<u64> {
    kind.run.map(|run| u64::try_from(run.p95.as_millis()).unwrap_or(u64::MAX))
}

impl ErrorLine {
    fn new(group: &ErrorGroup, look: &Look) -> Self {
        Self {
            link: links::error(group, ""),
            kind: group.kind.clone(),
            message: group.message.clone(),
            spark: spark(look.m.errors_last_hour(), "dead", group.last_hour.clone()),
            count: say::with_commas(group.counts.hour),
            age: say::age(look.m, look.now - group.last_seen_at),
            is_new: look.now - group.first_seen_at < HOUR,
        }
    }
}

impl QueueLine {
    fn new(queue: &QueueRecord, look: &Look) -> Self {
        let m = look.m;
        let wait = queue.oldest_since.map(|since| look.now - since);
        let (age, tone) = match (queue.paused_at, wait) {
            (Some(at), _) => (m.overview_paused(say::age(m, look.now - at)), "muted"),
            (None, Some(wait)) => (say::age(m, wait), if queue.is_late(look.now) { "late" } else { "" }),
            (None, None) => (say::NOTHING.to_owned(), "muted"),
        };
        let share = wait.filter(|_| queue.paused_at.is_none()).map_or(0, |wait| wait.num_milliseconds().max(0));
        let limit = u64::try_from(queue.late_after.as_millis()).unwrap_or(u64::MAX);
        let color = if tone == "late" { "failed" } else { "enqueued" };
        Self {
            link: links::queue(&queue.name),
            bar: Bar {
                name: m.overview_waits(&age),
                parts: vec![(color, share.unsigned_abs().min(limit))],
                total: limit,
                width: 64,
                height: 6,
            },
            age,
            tone,
            count: say::count(queue.enqueued),
        }
    }
}

impl WorkerLine {
    fn new(worker: &WorkerRecord, look: &Look) -> Self {
        let m = look.m;
        let is_dead = worker.ended_at.is_some();
        let (busy, slots) = (u64::from(worker.busy.unsigned_abs()), u64::from(worker.slots.unsigned_abs()));
        let parts = vec![("processing", busy)];
        let bar = Bar { name: m.workers_slots(busy, slots), parts, total: slots, width: 88, height: 6 };
        Self {
            href: crate::links::worker(worker.id),
            icon: look.icon(if is_dead { "dead" } else { "completed" }),
            name: m.workers_named(&worker.host, worker.id),
            is_dead,
            bar: (!is_dead).then_some(bar),
            note: match is_dead {
                true => m.overview_silent(say::age(m, look.now - worker.heartbeat_at)),
                false => format!("{busy}/{slots}"),
            },
        }
    }
}

impl KindLine {
    fn new(kind: &KindRecord, time: u64, slowest: u64, look: &Look) -> Self {
        let said = kind.run.map_or_else(String::new, |run| look.span(run.p95));
        Self {
            name: kind.display_name.clone().unwrap_or_else(|| kind.name.clone()),
            href: format!("kinds/{}", links::encoded(&kind.name)),
            bar: Bar { name: said.clone(), parts: vec![("muted", time)], total: slowest.max(1), width: 88, height: 6 },
            time: said,
        }
    }
}
