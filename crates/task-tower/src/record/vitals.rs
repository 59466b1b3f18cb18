//! How the workers of this process are doing, as they tell it themselves in memory: for probes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use serde::Serialize;

/// A worker that wants to look for jobs and has not begun to for so long is stuck.
const LOOK_AGE_MAX: Duration = Duration::from_secs(30);

/// Whether this process can do its work at the moment. Made by [`TaskTower::readiness`](crate::TaskTower::readiness) and
/// [`Console::readiness`](crate::Console::readiness).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Readiness {
    /// Whether the database has answered, within two seconds. Asked at most once a second.
    pub database: bool,
    /// The workers that this tower runs in this process; none where it runs none.
    pub workers: Vec<WorkerReadiness>,
}

/// How one worker of this process is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WorkerReadiness {
    /// Whether it has a session that listens for announcements and says that it lives.
    pub listening: bool,
    /// How long ago it began to look for jobs last. `None` before the first look, and as long as it does not want any: all
    /// its slots are in use, or a person has asked it to be quiet.
    pub looked_ago: Option<Duration>,
    /// Whether it stops, and claims no more.
    pub stopping: bool,
}

impl Readiness {
    pub(crate) fn new(database: bool, workers: Vec<WorkerReadiness>) -> Self {
        Self { database, workers }
    }

    /// Whether the database answers, and every worker [works](WorkerReadiness::works).
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.database && self.workers.iter().all(WorkerReadiness::works)
    }
}

impl WorkerReadiness {
    /// Whether it listens, does not stop, and has begun to look for jobs within the last 30 seconds, if it wants any.
    #[must_use]
    pub fn works(&self) -> bool {
        self.listening && !self.stopping && self.looked_ago.is_none_or(|ago| ago <= LOOK_AGE_MAX)
    }
}

/// Where one worker tells how it is doing.
#[derive(Debug, Default)]
pub(crate) struct Vitals(Mutex<Told>);

#[derive(Clone, Copy, Debug, Default)]
struct Told {
    listening: bool,
    looked_at: Option<Instant>,
    stopping: bool,
}

impl Vitals {
    pub(crate) fn listens(&self, listening: bool) {
        self.told().listening = listening;
    }

    /// It begins to look at that time.
    pub(crate) fn looks(&self, now: Instant) {
        self.told().looked_at = Some(now);
    }

    /// It wants no jobs, until it looks again.
    pub(crate) fn rests(&self) {
        self.told().looked_at = None;
    }

    pub(crate) fn stops(&self) {
        self.told().stopping = true;
    }

    fn readiness(&self, now: Instant) -> WorkerReadiness {
        let Told { listening, looked_at, stopping } = *self.told();
        WorkerReadiness { listening, looked_ago: looked_at.map(|at| now.saturating_duration_since(at)), stopping }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The workers of a tower in this process, as long as they are there.
#[derive(Debug, Default)]
pub(crate) struct Probe(Mutex<Vec<Weak<Vitals>>>);

impl Probe {
    pub(crate) fn attach(&self, vitals: &Arc<Vitals>) {
        let mut workers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        workers.retain(|worker| worker.strong_count() > 0);
        workers.push(Arc::downgrade(vitals));
    }

    pub(crate) fn workers(&self, now: Instant) -> Vec<WorkerReadiness> {
        let workers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        workers.iter().filter_map(Weak::upgrade).map(|vitals| vitals.readiness(now)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worker(vitals: &Vitals, now: Instant) -> WorkerReadiness {
        vitals.listens(true);
        vitals.readiness(now)
    }

    #[test]
    fn a_worker_that_has_not_looked_for_half_a_minute_is_stuck_unless_it_wants_no_jobs() {
        let (vitals, now) = (Vitals::default(), Instant::now());
        assert!(worker(&vitals, now).works());

        vitals.looks(now);
        assert!(worker(&vitals, now + LOOK_AGE_MAX).works());
        assert!(!worker(&vitals, now + LOOK_AGE_MAX + Duration::from_millis(1)).works());

        vitals.rests();
        assert!(worker(&vitals, now + LOOK_AGE_MAX * 2).works());
    }

    #[test]
    fn one_that_is_deaf_or_stops_is_not_ready() {
        let vitals = Vitals::default();
        assert!(!vitals.readiness(Instant::now()).works());

        vitals.listens(true);
        vitals.stops();

        assert!(!vitals.readiness(Instant::now()).works());
    }

    #[test]
    fn workers_that_are_gone_are_not_told_of() {
        let (probe, vitals) = (Probe::default(), Arc::new(Vitals::default()));
        probe.attach(&vitals);
        assert_eq!(probe.workers(Instant::now()).len(), 1);

        drop(vitals);

        assert!(probe.workers(Instant::now()).is_empty());
    }
}
