//! What an action would do to all jobs that a filter finds, before anybody does it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Console, Count};
use crate::error::Result;
use crate::filter::JobFilter;
use crate::record::{Action, JobRecord, JobState};
use crate::store;

/// How many jobs a preview shows.
const SAMPLES: usize = 5;

/// What an operation would find.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Preview {
    /// The time of the preview, by the database's clock. An operation with this bound does not touch jobs
    /// that were created later.
    pub created_before: DateTime<Utc>,
    /// How many jobs fit the filter, by state; states without any are left out.
    pub states: BTreeMap<JobState, Count>,
    /// The newest five of them.
    pub samples: Vec<JobRecord>,
}

impl Preview {
    /// How many of the jobs are in a state for the action.
    #[must_use]
    pub fn eligible(&self, action: &Action) -> Count {
        sum(self.states.iter().filter(|(state, _)| action.applies_to(**state)).map(|(_, count)| *count))
    }

    /// How many jobs fit the filter.
    #[must_use]
    pub fn total(&self) -> Count {
        sum(self.states.values().copied())
    }
}

impl Console {
    /// What an action on all jobs of the filter would find: how many in which state, and a few of them.
    ///
    /// # Errors
    ///
    /// As for [`jobs`](Console::jobs).
    pub async fn preview(&self, filter: &JobFilter) -> Result<Preview> {
        let created_before = store::clock(&self.link).await?;
        let mut states = self.count(filter).await?.counts;
        states.retain(|_, count| count.number() > 0);
        let samples = self.jobs(&filter.clone().limit(SAMPLES)).await?.jobs;
        Ok(Preview { created_before, states, samples })
    }
}

/// As exact as the least exact of them.
fn sum(counts: impl Iterator<Item = Count>) -> Count {
    counts.fold(Count::Exact(0), |sum, count| {
        let number = sum.number() + count.number();
        match (sum, count) {
            (Count::Exact(_), Count::Exact(_)) => Count::Exact(number),
            (Count::AtLeast(_), _) | (_, Count::AtLeast(_)) => Count::AtLeast(number),
            _ => Count::Estimate(number),
        }
    })
}
