//! What is wrong at the moment, and whoever wants to hear of it.

mod events;
mod rules;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::broadcast;

use super::Console;
use crate::error::Result;
use crate::record::{Trouble, TroubleKey, Window};
use crate::store::{self, Watched};

pub use events::{EVENTS_MAX, Events, TowerEvent};

/// What runs usually take changes slowly, and is asked at most this often.
const USUAL_AGE_MAX: Duration = Duration::from_secs(60);

/// What the consoles of one tower know together.
pub(crate) struct Watch {
    /// How often it looks, while somebody listens.
    interval: Duration,
    stalled_after: Duration,
    known: Mutex<Known>,
}

struct Known {
    words: broadcast::Sender<TowerEvent>,
    is_watching: bool,
    /// Nobody has looked yet: the dead of before are no news.
    has_looked: bool,
    troubles: BTreeMap<TroubleKey, Trouble>,
    usual: Option<(Instant, Arc<BTreeMap<String, Duration>>)>,
}

impl Default for Known {
    fn default() -> Self {
        let words = broadcast::Sender::new(EVENTS_MAX);
        Self { words, is_watching: false, has_looked: false, troubles: BTreeMap::new(), usual: None }
    }
}

impl Watch {
    pub(crate) fn new(interval: Duration, stalled_after: Duration) -> Arc<Self> {
        Arc::new(Self { interval, stalled_after, known: Mutex::default() })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Console {
    /// What is wrong at the moment: workers that are silent or have died within the last hour, runs that take longer
    /// than expected, queues that stand still. [`Trouble`] has the rules. Of each worker, the 100 longest runs are
    /// looked at, and 2,000 in all.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn troubles(&self) -> Result<Vec<Trouble>> {
        let stalled_after = self.watch.stalled_after;
        let least = rules::OVERDUE_MIN.min(stalled_after);
        let watched = store::watch(&self.readers, least, rules::LATE).await?;
        let usual = self.usual(&watched).await?;
        let suspects = rules::suspects(&watched, stalled_after);
        let moving = match suspects.is_empty() {
            true => Default::default(),
            false => store::queues_that_move(&self.readers, &suspects, stalled_after).await?,
        };
        Ok(rules::troubles(&watched, &usual, &moving, stalled_after))
    }

    /// The longest that runs of each kind usually take; nothing where nobody needs to know.
    async fn usual(&self, watched: &Watched) -> Result<Arc<BTreeMap<String, Duration>>> {
        if !watched.runs.iter().any(|run| run.expected.is_none() && run.took > rules::OVERDUE_MIN) {
            return Ok(Arc::default());
        }
        if let Some((at, usual)) = &self.watch.known().usual
            && at.elapsed() < USUAL_AGE_MAX
        {
            return Ok(usual.clone());
        }
        let usual = Arc::new(rules::usual(&self.kinds(Window::Day).await?));
        self.watch.known().usual = Some((Instant::now(), usual.clone()));
        Ok(usual)
    }
}
