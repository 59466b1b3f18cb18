//! What must be reached, as ratios within one run: a ratio stands where an absolute figure would
//! only tell which machine it was.

use task_tower_bench::{Workload, number};

use super::results::Results;
use super::subject::Subject;

/// One demand, and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    reached: f64,
    demand: Demand,
    of: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Demand {
    AtLeast(f64),
    AtMost(f64),
}

impl Verdict {
    /// The demand, such as `≥ 0.5 × raw SQL`.
    pub(super) fn demand(&self) -> String {
        match self.demand {
            Demand::AtLeast(bound) => format!("≥ {} {}", short(bound), self.of),
            Demand::AtMost(bound) => format!("≤ {} {}", short(bound), self.of),
        }
    }

    pub(super) fn reached(&self) -> String {
        number(self.reached)
    }

    /// `ok`, `missed`, or nothing when what it is compared with was not measured.
    pub(super) fn word(&self) -> &'static str {
        let met = match self.demand {
            Demand::AtLeast(bound) => self.reached >= bound,
            Demand::AtMost(bound) => self.reached <= bound,
        };
        match met {
            _ if self.reached.is_nan() => "–",
            true => "ok",
            false => "missed",
        }
    }
}

/// The demands on a workload.
pub(super) fn verdicts(workload: Workload, results: &Results) -> Vec<Verdict> {
    let ours = |figure| results.median(workload, Subject::Tower, figure);
    let share = |subject| ours(0) / results.median(workload, subject, 0);
    let at_least = |reached, bound, of| Verdict { reached, demand: Demand::AtLeast(bound), of };
    let at_most = |reached, bound, of| Verdict { reached, demand: Demand::AtMost(bound), of };
    match workload {
        Workload::W1 => vec![at_least(share(Subject::MINIMAL), 0.85, "× minimal")],
        Workload::W1c => vec![at_least(share(Subject::MINIMAL), 1.5, "× minimal")],
        Workload::W2 => vec![at_least(share(Subject::FULL), 0.4, "× raw SQL")],
        Workload::W3 => vec![at_least(share(Subject::FULL), 0.6, "× raw SQL")],
        Workload::W4 => vec![at_most(share(Subject::FULL), 1.2, "× raw SQL"), at_most(ours(2), 5.0, "ms p99")],
        Workload::W5 => vec![at_least(share(Subject::MINIMAL), 0.7, "× minimal")],
        Workload::W6 => {
            let drain = results.median(Workload::W3, Subject::Tower, 0);
            vec![at_least(ours(0) / drain, 0.8, "× our W3")]
        }
        Workload::W7 => vec![at_most(ours(0), 1.0, "tx/s"), at_most(ours(1), 0.5, "% CPU")],
    }
}

/// As short as it can be written: `0.5`, `5`.
fn short(value: f64) -> String {
    format!("{value}")
}
