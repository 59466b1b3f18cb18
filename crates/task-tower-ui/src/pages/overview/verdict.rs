//! How the tower is, in one word and one sentence, and how far the rest is fine.

use chrono::TimeDelta;
use task_tower::{Health, LateQueue, QueueRecord, Verdict};

use super::asked::{Asked, Whole};
use crate::look::Look;
use crate::messages::Markup;
use crate::pages::charts::percent;
use crate::pages::links;
use crate::say;

/// The title of the page with its reason.
pub(super) struct Headline {
    pub(super) icon: &'static str,
    /// `good`, `warn` or `bad`.
    pub(super) tone: &'static str,
    pub(super) title: String,
    pub(super) reason: Markup,
}

/// A name, a figure, and what it is measured against.
pub(super) type Fact = (String, String, String);

pub(super) fn headline(asked: &Asked, look: &Look) -> Headline {
    match &asked.whole {
        Some(whole) => of_all(whole, asked, look),
        None => of_queues(&asked.queues, look),
    }
}

fn of_all(whole: &Whole, asked: &Asked, look: &Look) -> Headline {
    let health = &whole.health;
    match (&health.verdict, &health.late) {
        (Verdict::Stopped, _) => stopped(health, look),
        (Verdict::Late, Some(queue)) => late(health, queue, look),
        (Verdict::Failing, _) => failing(health, asked, look),
        _ if health.workers == 0 => idle(look),
        _ => healthy(health, look),
    }
}

/// For who sees some queues only.
fn of_queues(queues: &[QueueRecord], look: &Look) -> Headline {
    let m = look.m;
    let late = queues.iter().filter(|queue| queue.is_late(look.now));
    let waits = late.filter_map(|queue| Some((queue, look.now - queue.oldest_since?)));
    match waits.max_by_key(|(_, age)| *age) {
        Some((queue, age)) => headline_of("warn", m.overview_late(), behind(look, &queue.name, age, queue.enqueued)),
        None => headline_of("good", m.overview_healthy(), Markup::text(&m.overview_on_time())),
    }
}

fn stopped(health: &Health, look: &Look) -> Headline {
    let m = look.m;
    let jobs = Markup::link("jobs?q=state:enqueued", &m.overview_number_waits(health.waiting));
    headline_of("bad", m.overview_stopped(), m.overview_why_stopped(jobs, workers(look)))
}

fn idle(look: &Look) -> Headline {
    headline_of("warn", look.m.overview_stopped(), look.m.overview_why_idle(workers(look)))
}

fn late(health: &Health, queue: &LateQueue, look: &Look) -> Headline {
    let m = look.m;
    let age = TimeDelta::from_std(queue.age).unwrap_or(TimeDelta::MAX);
    let reason = match &health.dead_worker {
        Some(worker) => m.overview_why_late_since(
            links::queue(&queue.name),
            Markup::strong(&say::age(m, age)),
            Markup::text(&m.overview_number_waits(queue.waiting)),
            Markup::link(&crate::links::worker(worker.id), &worker.host),
            Markup::text(&look.minute(worker.heartbeat_at)),
        ),
        None => behind(look, &queue.name, age, queue.waiting),
    };
    headline_of("warn", m.overview_late(), reason)
}

fn behind(look: &Look, queue: &str, age: TimeDelta, waiting: u64) -> Markup {
    let m = look.m;
    let jobs = Markup::text(&m.overview_number_waits(waiting));
    m.overview_why_late(links::queue(queue), Markup::strong(&say::age(m, age)), jobs)
}

fn failing(health: &Health, asked: &Asked, look: &Look) -> Headline {
    let m = look.m;
    let share = Markup::strong(&m.percent(health.failed_runs * 100 / health.runs.max(1)));
    let reason = match asked.errors.first() {
        Some(group) => m.overview_why_failing(share, links::error(group, ""), Markup::text(&group.kind)),
        None => m.overview_why_failing_only(share),
    };
    headline_of("bad", m.overview_failing(), reason)
}

fn healthy(health: &Health, look: &Look) -> Headline {
    let workers = Markup::link("workers", &look.m.overview_workers_alive(health.workers as u64));
    headline_of("good", look.m.overview_healthy(), look.m.overview_why_healthy(workers))
}

fn workers(look: &Look) -> Markup {
    Markup::link("workers", &look.m.overview_worker_word())
}

fn headline_of(tone: &'static str, title: String, reason: Markup) -> Headline {
    let icon = match tone {
        "good" => "completed",
        "warn" => "scheduled",
        _ => "warning",
    };
    Headline { icon, tone, title, reason }
}

/// Three at the right of the title.
pub(super) fn facts(asked: &Asked, look: &Look) -> Vec<Fact> {
    let m = look.m;
    let (busy, slots) = asked.slots();
    let slots = (m.overview_slots(), say::with_commas(busy), m.overview_of(say::with_commas(slots)));
    let Some(whole) = &asked.whole else { return vec![slots] };
    let start = whole.hour.wait.map_or(say::NOTHING.to_owned(), |wait| look.span(wait.p95));
    let success = whole.hour.counts.success_rate().map_or(say::NOTHING.to_owned(), |rate| percent(look, rate));
    vec![(m.overview_start(), start, String::new()), (m.overview_success(m.hours(1)), success, String::new()), slots]
}
