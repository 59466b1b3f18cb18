//! The lanes that this worker serves, and how far each has been looked through.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::priority::Lane;
use crate::store::{Claimed, PlacedLane};

/// Entries that are this much older than the newest claimed one are looked at again: clocks of two
/// statements differ by less. What commits later than that is found by the sweep. More slack costs
/// a pinned database dearly (measured).
const SLACK: TimeDelta = TimeDelta::milliseconds(1);
/// How often everything is looked through, without bounds.
const SWEEP_INTERVAL: Duration = Duration::from_secs(2);
/// Under a pinned horizon a sweep walks every dead entry: it may take this part of the time.
const SWEEP_SHARE: u32 = 20;
const REFRESH_INTERVAL: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(super) struct Lanes {
    known: Vec<Lane>,
    bounds: PlacedLane,
    refreshed: Option<Instant>,
    /// There are lanes that are not known.
    outdated: bool,
    swept: Option<(Instant, Duration)>,
}

impl Lanes {
    pub(super) fn known(&self) -> &[Lane] {
        &self.known
    }

    pub(super) fn bounds(&self) -> &PlacedLane {
        &self.bounds
    }

    /// Whether they should be read anew, where news may wait for so long.
    pub(super) fn is_stale(&self, patience: Duration) -> bool {
        let patience = if self.outdated { patience } else { REFRESH_INTERVAL };
        self.refreshed.is_none_or(|when| when.elapsed() >= patience)
    }

    pub(super) fn outdate(&mut self) {
        self.outdated = true;
    }

    /// Some that hold jobs, known or not.
    pub(super) fn learn(&mut self, open: &[Lane]) {
        for lane in open {
            if let Err(place) = self.known.binary_search(lane) {
                self.known.insert(place, lane.clone());
            }
        }
    }

    pub(super) fn replace(&mut self, lanes: Vec<Lane>) {
        self.known = lanes;
        self.known.sort();
        self.bounds.retain(|lane, _| self.known.binary_search(lane).is_ok());
        self.refreshed = Some(Instant::now());
        self.outdated = false;
    }

    /// Forgets how far it has looked: the clock may be another one after a failover.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether everything should be looked through now.
    pub(super) fn sweep_is_due(&self) -> bool {
        self.swept.is_none_or(|(when, cost)| when.elapsed() > SWEEP_INTERVAL.max(cost * SWEEP_SHARE))
    }

    /// Whether everything may be looked through out of turn, since something points there.
    pub(super) fn sweep_is_cheap(&self) -> bool {
        self.swept.is_none_or(|(when, cost)| when.elapsed() > cost * SWEEP_SHARE)
    }

    pub(super) fn swept(&mut self, began: Instant) {
        self.swept = Some((began, began.elapsed()));
    }

    /// These were claimed: the next claim begins where they stood. A sweep finds jobs behind the
    /// bounds, of a queue that was resumed for instance: more of them may stand there.
    pub(super) fn claimed(&mut self, jobs: &[Claimed], sweep: bool) {
        let mut newest: HashMap<(&str, i16), DateTime<Utc>> = HashMap::new();
        for job in jobs {
            let bound = newest.entry((job.queue.as_str(), job.priority)).or_insert(job.run_at);
            *bound = (*bound).max(job.run_at);
        }
        for ((queue, priority), run_at) in newest {
            let lane = Lane { queue: queue.to_owned(), priority };
            if sweep {
                self.bounds.remove(&lane);
            }
            self.raise(&lane, run_at - SLACK);
        }
    }

    /// All lanes were looked through, and everything due at `now` was found or is not for us.
    pub(super) fn exhausted(&mut self, now: DateTime<Utc>) {
        for lane in self.known.clone() {
            self.raise(&lane, now - SLACK);
        }
    }

    fn raise(&mut self, lane: &Lane, bound: DateTime<Utc>) {
        match self.bounds.get_mut(lane) {
            Some(known) => *known = (*known).max(bound),
            None => drop(self.bounds.insert(lane.clone(), bound)),
        }
    }
}
