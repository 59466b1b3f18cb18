//! The order in which the jobs of one claim begin.

use std::collections::HashMap;

use crate::priority::{Plan, Share};
use crate::store::Claimed;

/// The rows come back as they lie in the table; they are to run in the order of the plan.
pub(super) fn sort_by_plan(jobs: &mut [Claimed], plan: &Plan) {
    let rank: HashMap<(&str, i16), usize> = match plan {
        Plan::InOrder(shares) => {
            let lanes = shares.iter().flat_map(|share| &share.lanes);
            lanes.zip(0..).map(|(lane, rank)| ((lane.queue.as_str(), lane.priority), rank)).collect()
        }
        Plan::Oldest(lanes) => {
            lanes.iter().map(|(rank, lane)| ((lane.queue.as_str(), lane.priority), *rank as usize)).collect()
        }
    };
    let place = |job: &Claimed| rank.get(&(job.queue.as_str(), job.priority)).copied().unwrap_or(usize::MAX);
    jobs.sort_by_cached_key(|job| (place(job), job.run_at, job.id));
    if let Plan::InOrder(shares) = plan {
        mix(jobs, shares);
    }
}

/// Jobs of several shares begin in turn, or the last share would wait until all others have begun.
fn mix(jobs: &mut [Claimed], shares: &[Share]) {
    let quotas: HashMap<String, usize> = shares
        .iter()
        .filter_map(|share| share.lanes.first().map(|lane| (lane.queue.clone(), share.quota.max(1))))
        .collect();
    if quotas.len() < 2 {
        return;
    }
    let mut seen: HashMap<String, u64> = HashMap::new();
    // Each key is made once, in the order in which the jobs stand.
    jobs.sort_by_cached_key(|job| {
        let number = seen.entry(job.queue.clone()).or_default();
        *number += 1;
        // How much of its share has begun with this job, in millionths.
        *number * 1_000_000 / quotas.get(&job.queue).copied().unwrap_or(1) as u64
    });
}
