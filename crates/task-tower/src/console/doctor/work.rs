//! Rules about workers, and about jobs that none of them takes.

use std::time::Duration;

use chrono::TimeDelta;

use super::{DoctorLimits, Facts};
use crate::record::{Check, Fact, Sentence, StartLatency, UNSERVED_MAX, Unserved};
use crate::store::WorkerFacts;

/// More than these would hide the rest of the report; the lists have them all.
const TOLD_MAX: usize = 5;

pub(super) fn checks(facts: &Facts, limits: &DoctorLimits) -> Vec<Check> {
    let Some(workers) = &facts.workers else { return Vec::new() };
    let queues = facts.queues.as_deref().unwrap_or_default();
    if !workers.iter().any(|worker| worker.alive) {
        return vec![nobody(workers, queues)];
    }
    let mut checks = vec![alive(workers, facts), listeners(workers, facts)];
    checks.extend(redis(workers));
    checks.extend(clocks(workers, limits));
    checks.extend(facts.waits.as_ref().and_then(StartLatency::of).map(|latency| starts(&latency, limits)));
    checks.extend(facts.queues.iter().flat_map(|queues| unserved(queues, queue, served)));
    checks.extend(facts.kinds.iter().flat_map(|kinds| unserved(kinds, kind, known)));
    checks
}

fn nobody(workers: &[WorkerFacts], queues: &[Unserved]) -> Check {
    let remedy = Sentence::from("Start one: {command}").name("command", "tower.run().await?");
    let (title, waiting) = ("No worker lives", queues.iter().map(|queue| queue.jobs).sum());
    if waiting == 0 {
        return Check::warning("workers", title, "Nothing is due. The next job will wait.").remedy(remedy);
    }
    let why = counted(waiting, "{number} job is due and waits.", "{number} jobs are due and wait.");
    let silent = workers.iter().map(|worker| worker.heard_at).max();
    let why = match silent {
        None => why,
        Some(at) => counted(
            waiting,
            "{number} job is due and waits. A worker was last heard at {at}.",
            "{number} jobs are due and wait. A worker was last heard at {at}.",
        )
        .with("at", Fact::Time(at)),
    };
    Check::problem("workers", title, why).remedy(remedy)
}

fn alive(workers: &[WorkerFacts], facts: &Facts) -> Check {
    let number = workers.iter().filter(|worker| worker.alive).count() as u64;
    let why = Sentence::plural(number, "{number} worker lives.", "{number} workers live.");
    let Some(silent) = workers.iter().find(|worker| !worker.alive) else {
        return Check::passed("workers", "Workers are heard", why);
    };
    let title = Sentence::from("Worker {worker} fell silent").name("worker", name(silent));
    let why = Sentence::plural(
        number,
        "It was last heard {age} ago; another took its jobs. {number} worker lives.",
        "It was last heard {age} ago; others took its jobs. {number} workers live.",
    );
    let why = why.with("age", Fact::Duration(facts.server.at - silent.heard_at));
    Check::warning("workers", title, why).remedy("Look whether its process was killed, or its machine is cut off")
}

/// Each worker has one session in which it listens and beats.
fn listeners(workers: &[WorkerFacts], facts: &Facts) -> Check {
    let deaf = workers.iter().find(|worker| worker.alive && worker.listens == Some(false));
    if let Some(deaf) = deaf {
        let title = Sentence::from("Worker {worker} does not listen").name("worker", name(deaf));
        let why = "The session of its last heartbeat is gone. It hears of new jobs only when it polls.";
        return Check::warning("listeners", title, why)
            .remedy("Look at its log; connect it to PostgreSQL itself, not through PgBouncer");
    }
    let listening = workers.iter().filter(|worker| worker.alive && worker.listens == Some(true));
    let number = listening.clone().count() as u64;
    let why = match listening.filter_map(|worker| worker.notified_at).max() {
        None => Sentence::plural(
            number,
            "{number} listener, which was not notified yet.",
            "{number} listeners, none of which was notified yet.",
        ),
        Some(at) => Sentence::plural(
            number,
            "{number} listener, notified last {age} ago.",
            "{number} listeners, the last was notified {age} ago.",
        )
        .with("age", Fact::Duration(facts.server.at - at)),
    };
    Check::passed("listeners", "LISTEN connected", why)
}

/// Nothing is wrong without it: NOTIFY wakes the workers then.
fn redis(workers: &[WorkerFacts]) -> Option<Check> {
    let told = || workers.iter().filter(|worker| worker.alive).filter_map(|worker| Some((worker, worker.by_redis?)));
    if let Some((worker, _)) = told().find(|(_, by_redis)| !by_redis) {
        let title = Sentence::from("Worker {worker} does not reach Redis").name("worker", name(worker));
        let why = "It has a redis_url, and was not subscribed there at its last heartbeat. NOTIFY wakes it meanwhile.";
        let remedy = "Look at its log, and whether Redis answers at its redis_url";
        return Some(Check::warning("redis", title, why).remedy(remedy));
    }
    let number = told().count() as u64;
    let why = Sentence::plural(number, "Redis wakes {number} worker.", "Redis wakes {number} workers.");
    (number > 0).then(|| Check::passed("redis", "Redis connected", why))
}

/// From due to start: what a notification takes, and what a free slot takes.
fn starts(latency: &StartLatency, limits: &DoctorLimits) -> Check {
    let wait = Duration::from_secs_f64(latency.p95_ms / 1_000.0);
    let why = "95 of 100 jobs that were due waited up to {wait} for their start, within the last hour.";
    let why = Sentence::from(why).with("wait", Fact::Duration(TimeDelta::milliseconds(latency.p95_ms as i64)));
    if wait < limits.start_wait {
        return Check::passed("starts", "Jobs start in time", why);
    }
    Check::warning("starts", "Jobs start late", why)
        .remedy("Look whether all slots are in use: then start more workers, or give them more slots")
}

/// The worker whose clock is farthest from the database's.
fn clocks(workers: &[WorkerFacts], limits: &DoctorLimits) -> Option<Check> {
    let known =
        workers.iter().filter(|worker| worker.alive).filter_map(|worker| Some((worker, worker.clock_skew?.abs())));
    let (worker, skew) = known.max_by_key(|(_, skew)| *skew)?;
    let why = Sentence::from("Largest difference between a worker and the database: {skew} ({worker}).")
        .with("skew", Fact::Duration(skew))
        .name("worker", name(worker));
    if skew.to_std().unwrap_or_default() < limits.clock_skew {
        return Some(Check::passed("clocks", "Clocks agree", why));
    }
    let check = Check::warning("clocks", "Clocks disagree", why);
    Some(
        check
            .remedy("Let its machine keep time (NTP). Due times are the database's, its log and its schedules are not"),
    )
}

fn name(worker: &WorkerFacts) -> String {
    format!("{}:{}", worker.host, worker.process_id)
}

fn unserved(found: &[Unserved], tell: fn(&Unserved) -> Check, none: fn() -> Check) -> Vec<Check> {
    match found {
        [] => vec![none()],
        found => found.iter().take(TOLD_MAX).map(tell).collect(),
    }
}

fn served() -> Check {
    Check::passed("queues", "Every queue has a worker", "Each queue with due jobs is served.")
}

fn known() -> Check {
    Check::passed("kinds", "Every kind has a handler", "Some living worker knows each kind of the jobs that are due.")
}

fn queue(queue: &Unserved) -> Check {
    if queue.is_unlisted {
        return unlisted(queue);
    }
    let title = Sentence::from("Queue {queue} has no worker").name("queue", &queue.name);
    let why = waiting(
        queue,
        "{number} job waits since {at}. No living worker serves the queue.",
        "{number} jobs wait since {at}. No living worker serves the queue.",
    );
    let option = format!(".queues([{:?}])", queue.name);
    let remedy = Sentence::from("Start a worker with {option}, or move the jobs").name("option", option);
    Check::warning("queues", title, why).remedy(remedy)
}

/// Strict workers leave it.
fn unlisted(queue: &Unserved) -> Check {
    let title = Sentence::from("Queue {queue} has no priority").name("queue", &queue.name);
    let why = waiting(
        queue,
        "{number} job waits since {at}. Every living worker that could serve the queue is strict, and has no priority for it.",
        "{number} jobs wait since {at}. Every living worker that could serve the queue is strict, and has no priority for it.",
    );
    let option = format!(".queue_priorities([({:?}, 1)])", queue.name);
    let remedy = Sentence::from("Give it one with {option}, or move the jobs").name("option", option);
    Check::warning("queues", title, why).remedy(remedy)
}

fn kind(kind: &Unserved) -> Check {
    let title = Sentence::from("Kind {kind} has no handler").name("kind", &kind.name);
    let why = waiting(
        kind,
        "{number} job waits since {at}. No living worker knows the kind.",
        "{number} jobs wait since {at}. No living worker knows the kind.",
    );
    Check::warning("kinds", title, why).remedy("Deploy a worker that knows it, or cancel the jobs")
}

fn waiting(unserved: &Unserved, one: &'static str, other: &'static str) -> Sentence {
    counted(unserved.jobs, one, other).with("at", Fact::Time(unserved.oldest_since))
}

fn counted(jobs: u64, one: &'static str, other: &'static str) -> Sentence {
    Sentence::plural_up_to(UNSERVED_MAX, jobs, one, other)
}
