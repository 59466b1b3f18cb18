//! What happened over time. All of it but the present counts is read from small tables.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Console, Count};
use crate::error::Result;
use crate::filter::JobFilter;
use crate::record::{Axis, Deploy, Depth, JobState, Series, Window};
use crate::store;

/// One state: how many jobs are in it, and how that was in the last hour.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Tile {
    /// The state.
    pub state: JobState,
    /// How many jobs are in it.
    pub count: Count,
    /// For each of the last 60 minutes, oldest first: of scheduled, enqueued, processing and failed jobs how
    /// many there were, `None` where nobody looked; of the others how many came to this state. Of those that await others,
    /// nobody looks.
    pub spark: Vec<Option<u64>>,
}

impl Console {
    /// Runs over time: how many ended how, how long they waited and took. Minutes are kept for 26 hours,
    /// hours for 31 days. A worker that is killed loses what it counted in its last two seconds.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn series(&self, axis: &Axis, window: Window) -> Result<Series> {
        let (first, rows) = store::tallied(&self.readers, axis, window).await?;
        Ok(Series::new(window, first, rows))
    }

    /// What was in a queue, or in all of them, at the end of each step; `None` where nobody looked. A worker
    /// looks once a minute. Kept for 26 hours.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn depths(&self, queue: Option<&str>, window: Window) -> Result<Vec<Option<Depth>>> {
        let (first, rows) = store::depths(&self.readers, queue, window).await?;
        let mut steps = vec![None; window.steps()];
        for (at, depth) in rows {
            if let Some(index) = window.index(first, at) {
                steps[index] = Some(depth);
            }
        }
        Ok(steps)
    }

    /// The versions of the program whose first worker began since then, the oldest first; of more than 100 the newest. Known
    /// are those of which a worker began within the last 31 days, of programs that say [their
    /// version](crate::Options::app_version).
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn deploys(&self, since: DateTime<Utc>) -> Result<Vec<Deploy>> {
        store::deploys(&self.readers, since).await
    }

    /// Every state, with its number of jobs and its last hour.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn tiles(&self) -> Result<Vec<Tile>> {
        let (everything, hour) = (JobFilter::new(), Window::Hour);
        let (counts, series, depths) =
            tokio::try_join!(self.counts(&everything), self.series(&Axis::All, hour), self.depths(None, hour))?;
        let tile = |state| Tile {
            state,
            count: counts.get(&state).copied().unwrap_or(Count::Exact(0)),
            spark: spark(state, &series, &depths),
        };
        Ok(JobState::ALL.into_iter().map(tile).collect())
    }
}

fn spark(state: JobState, series: &Series, depths: &[Option<Depth>]) -> Vec<Option<u64>> {
    let there = |number: fn(&Depth) -> u64| depths.iter().map(|depth| depth.as_ref().map(number)).collect();
    let ended = |number: fn(&crate::record::Counts) -> u64| {
        series.points.iter().map(|point| Some(number(&point.counts))).collect()
    };
    match state {
        JobState::Scheduled => there(|depth| depth.scheduled),
        JobState::Awaiting => vec![None; depths.len()],
        JobState::Enqueued => there(|depth| depth.enqueued),
        JobState::Processing => there(|depth| depth.processing),
        JobState::Failed => there(|depth| depth.failed),
        JobState::Completed => ended(|counts| counts.completed),
        JobState::Dead => ended(|counts| counts.dead),
        JobState::Cancelled => ended(|counts| counts.cancelled),
    }
}
