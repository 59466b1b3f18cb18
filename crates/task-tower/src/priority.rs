//! In which order queues are served: which lanes a claim visits, in which order, and how many jobs
//! it may take from each. Pure: lanes and room go in, a plan comes out.
//!
//! A lane is a queue with a job priority. Lanes of equal rank are merged by waiting time.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

/// The strategy by which a worker chooses among queues.
///
/// Within a queue, jobs of higher priority run first, then the ones that wait longest. What the
/// strategies do with queues that have no configured priority is said at each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum QueuePrioritization {
    /// First in, first out, over all queues alike. The default.
    #[default]
    None,
    /// By the queue's name, a to z, as in Hangfire.
    AlphaNumeric,
    /// By the configured priority, highest first. Queues without one come last, first in, first
    /// out among themselves.
    Index,
    /// As `Index`, but queues without a configured priority are not served at all.
    Strict,
    /// By shares: a queue with weight 60 gets twice as many jobs started as one with weight 30,
    /// as long as both have jobs waiting; the share of an empty queue goes to the others. Queues
    /// without a weight are served when all weighted queues are empty.
    Weighted,
}

impl QueuePrioritization {
    /// Its name in files, in the environment and in the database: `none`, `alpha_numeric`, `index`, `strict`, `weighted`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::AlphaNumeric => "alpha_numeric",
            Self::Index => "index",
            Self::Strict => "strict",
            Self::Weighted => "weighted",
        }
    }
}

/// A queue with a job priority.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Lane {
    pub(crate) queue: String,
    pub(crate) priority: i16,
}

/// Which lanes one claim visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Lane after lane; each share takes up to its quota.
    InOrder(Vec<Share>),
    /// Lanes with ranks; within a rank the longest waiting job comes first.
    Oldest(Vec<(i32, Lane)>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) quota: usize,
    pub(crate) lanes: Vec<Lane>,
}

/// Makes plans, and remembers for weighted queues how much each has had.
#[derive(Clone, Debug)]
pub(crate) struct Planner {
    strategy: QueuePrioritization,
    priorities: BTreeMap<String, i32>,
    credits: HashMap<String, f64>,
}

impl Planner {
    pub(crate) fn new(strategy: QueuePrioritization, priorities: BTreeMap<String, i32>) -> Self {
        Self { strategy, priorities, credits: HashMap::new() }
    }

    /// Whether jobs of this queue are ever run by this strategy.
    pub(crate) fn serves(&self, queue: &str) -> bool {
        self.strategy != QueuePrioritization::Strict || self.priorities.contains_key(queue)
    }

    pub(crate) fn is_weighted(&self) -> bool {
        self.strategy == QueuePrioritization::Weighted
    }

    /// Plans a claim of up to `room` jobs from these lanes.
    pub(crate) fn plan(&mut self, lanes: &[Lane], room: usize) -> Plan {
        let lanes: Vec<Lane> = lanes.iter().filter(|lane| self.serves(&lane.queue)).cloned().collect();
        if self.is_weighted() && lanes.iter().any(|lane| self.priorities.contains_key(&lane.queue)) {
            return Plan::InOrder(self.shares(&lanes, room));
        }
        let ranked = self.rank(lanes);
        match ranked.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            true => Plan::Oldest(ranked),
            false => {
                Plan::InOrder(vec![Share { quota: room, lanes: ranked.into_iter().map(|(_, lane)| lane).collect() }])
            }
        }
    }

    /// Lanes in order, with equal ranks for those that are treated alike.
    fn rank(&self, mut lanes: Vec<Lane>) -> Vec<(i32, Lane)> {
        lanes.sort_by(|a, b| self.place(a).cmp(&self.place(b)));
        let mut rank = 0;
        let mut ranked: Vec<(i32, Lane)> = Vec::with_capacity(lanes.len());
        for lane in lanes {
            if ranked.last().is_some_and(|(_, last)| self.place(last) != self.place(&lane)) {
                rank += 1;
            }
            ranked.push((rank, lane));
        }
        ranked
    }

    /// Where a lane stands: lower comes first, equal is merged.
    fn place<'a>(&self, lane: &'a Lane) -> (i64, &'a str, i32) {
        let urgency = -i32::from(lane.priority);
        match self.strategy {
            QueuePrioritization::AlphaNumeric => (0, lane.queue.as_str(), urgency),
            QueuePrioritization::Index | QueuePrioritization::Strict => {
                let configured = self.priorities.get(&lane.queue).map(|priority| -i64::from(*priority));
                (configured.unwrap_or(i64::MAX), "", urgency)
            }
            QueuePrioritization::None | QueuePrioritization::Weighted => (0, "", urgency),
        }
    }

    /// Divides the room among the weighted queues, so that over time each has its share.
    fn shares(&mut self, lanes: &[Lane], room: usize) -> Vec<Share> {
        let mut queues: BTreeMap<&str, Vec<Lane>> = BTreeMap::new();
        for lane in lanes.iter().filter(|lane| self.priorities.contains_key(&lane.queue)) {
            queues.entry(&lane.queue).or_default().push(lane.clone());
        }
        let names: Vec<&str> = queues.keys().copied().collect();
        let quotas = self.quotas(&names, room);
        let shares = queues.into_values().zip(quotas).map(|(mut lanes, quota)| {
            lanes.sort_by_key(|lane| -i32::from(lane.priority));
            Share { quota, lanes }
        });
        // A queue that gets nothing this time is owed the more next time: it stays in the plan.
        shares.collect()
    }

    /// Smooth weighted round robin: each place goes to the queue that is owed most.
    fn quotas(&self, queues: &[&str], room: usize) -> Vec<usize> {
        let weight = |queue: &str| f64::from(self.priorities.get(queue).copied().unwrap_or(0).max(1));
        let total: f64 = queues.iter().map(|queue| weight(queue)).sum();
        let mut owed: Vec<f64> = queues.iter().map(|queue| self.credits.get(*queue).copied().unwrap_or(0.0)).collect();
        let mut quotas = vec![0; queues.len()];
        for _ in 0..room {
            for (owed, queue) in owed.iter_mut().zip(queues) {
                *owed += weight(queue) / total;
            }
            let Some(next) = (0..owed.len()).max_by(|a, b| owed[*a].total_cmp(&owed[*b])) else { break };
            owed[next] -= 1.0;
            quotas[next] += 1;
        }
        quotas
    }

    /// Tells what a weighted claim brought: `taken` jobs by queue out of `shares`. A queue that gave
    /// less than its quota is empty, and is owed nothing when it fills again. Returns the queues
    /// that may have more.
    pub(crate) fn settle(&mut self, shares: &[Share], taken: &HashMap<String, usize>) -> Vec<String> {
        let count = |queue: &str| taken.get(queue).copied().unwrap_or(0);
        let (empty, full): (Vec<&Share>, Vec<&Share>) =
            shares.iter().partition(|share| count(share.queue()) < share.quota);
        for share in &empty {
            self.credits.remove(share.queue());
        }
        let weight = |queue: &str| f64::from(self.priorities.get(queue).copied().unwrap_or(0).max(1));
        let total: f64 = full.iter().map(|share| weight(share.queue())).sum();
        let started: usize = full.iter().map(|share| count(share.queue())).sum();
        for share in &full {
            let due = started as f64 * weight(share.queue()) / total;
            *self.credits.entry(share.queue().to_owned()).or_default() += due - count(share.queue()) as f64;
        }
        full.iter().map(|share| share.queue().to_owned()).collect()
    }
}

impl Share {
    fn queue(&self) -> &str {
        self.lanes.first().map_or("", |lane| lane.queue.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(queue: &str, priority: i16) -> Lane {
        Lane { queue: queue.to_owned(), priority }
    }

    fn planner(strategy: QueuePrioritization) -> Planner {
        let priorities = [("critical", 3), ("default", 2), ("low", 1)];
        Planner::new(strategy, priorities.map(|(queue, priority)| (queue.to_owned(), priority)).into())
    }

    fn order(plan: Plan) -> Vec<String> {
        match plan {
            Plan::InOrder(shares) => shares.into_iter().flat_map(|share| share.lanes).map(|lane| lane.queue).collect(),
            Plan::Oldest(lanes) => lanes.into_iter().map(|(rank, lane)| format!("{rank}:{}", lane.queue)).collect(),
        }
    }

    fn lanes() -> Vec<Lane> {
        ["zebra", "low", "critical", "apple", "default"].map(|queue| lane(queue, 0)).to_vec()
    }

    #[test]
    fn none_merges_all_queues() {
        let plan = planner(QueuePrioritization::None).plan(&lanes(), 5);

        assert!(order(plan).iter().all(|queue| queue.starts_with("0:")));
    }

    #[test]
    fn alphanumeric_goes_by_name() {
        let plan = planner(QueuePrioritization::AlphaNumeric).plan(&lanes(), 5);

        assert_eq!(order(plan), ["apple", "critical", "default", "low", "zebra"]);
    }

    #[test]
    fn index_serves_unknown_queues_last_and_alike() {
        let plan = planner(QueuePrioritization::Index).plan(&lanes(), 5);

        assert_eq!(order(plan), ["0:critical", "1:default", "2:low", "3:zebra", "3:apple"]);
    }

    #[test]
    fn strict_does_not_serve_unknown_queues() {
        let plan = planner(QueuePrioritization::Strict).plan(&lanes(), 5);

        assert_eq!(order(plan), ["critical", "default", "low"]);
    }

    #[test]
    fn a_higher_job_priority_comes_first_within_its_queue() {
        let lanes = [lane("low", 9), lane("critical", -1), lane("critical", 5)];

        let Plan::InOrder(shares) = planner(QueuePrioritization::Strict).plan(&lanes, 5) else { panic!() };

        assert_eq!(shares[0].lanes, [lane("critical", 5), lane("critical", -1), lane("low", 9)]);
    }

    #[test]
    fn weighted_shares_hold_whatever_the_batch_size() {
        for room in [1, 3, 7, 64] {
            let mut planner = planner(QueuePrioritization::Weighted);
            let mut total: HashMap<String, usize> = HashMap::new();
            while total.values().sum::<usize>() < 6_000 {
                let Plan::InOrder(shares) = planner.plan(&lanes(), room) else { panic!() };
                let taken = shares.iter().map(|share| (share.queue().to_owned(), share.quota)).collect();
                planner.settle(&shares, &taken);
                for (queue, count) in taken {
                    *total.entry(queue).or_default() += count;
                }
            }
            let all: usize = total.values().sum();
            for (queue, share) in [("critical", 0.5), ("default", 1.0 / 3.0), ("low", 1.0 / 6.0)] {
                let got = total[queue] as f64 / all as f64;
                assert!((got - share).abs() < 0.005, "{queue} got {got} with room {room}");
            }
        }
    }

    #[test]
    fn an_empty_weighted_queue_saves_nothing_up() {
        let mut planner = planner(QueuePrioritization::Weighted);
        for _ in 0..100 {
            let Plan::InOrder(shares) = planner.plan(&lanes(), 6) else { panic!() };
            let taken = [("default".to_owned(), 2), ("low".to_owned(), 1)].into();
            let more = planner.settle(&shares, &taken);
            assert_eq!(more, ["default", "low"]);
        }

        let Plan::InOrder(shares) = planner.plan(&lanes(), 6) else { panic!() };

        assert_eq!(shares.iter().map(|share| share.quota).collect::<Vec<_>>(), [3, 2, 1]);
    }
}
