//! What moves in queues, and what is in them. Told by what the workers counted and told, never by counting
//! jobs that ended.

use std::collections::BTreeMap;

use super::Console;
use crate::error::Result;
use crate::record::{KindShare, QueueActivity, WorkerRecord};
use crate::store::{self, QueueFlow};

/// So many live jobs, and as many that ended, are looked at for their kinds.
const LOOKED_AT: i64 = 1_000;
const MINUTES: usize = 60;

impl Console {
    /// What moves in each of these queues. Workers count what ends every 2 s, and what came in once a minute.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn queue_activity(&self, queues: &[&str]) -> Result<BTreeMap<String, QueueActivity>> {
        let (mut flows, running, hour, workers) = tokio::try_join!(
            store::queue_flows(&self.readers),
            store::count_running(&self.readers),
            store::running_of_hour(&self.readers),
            store::list_workers(&self.readers, None)
        )?;
        let activity = |queue: &str| {
            let running = (running.get(queue).copied().unwrap_or(0), hour.of(queue));
            QueueActivity::new(queue, running, flows.remove(queue), &workers)
        };
        Ok(queues.iter().copied().map(str::to_owned).zip(queues.iter().copied().map(activity)).collect())
    }

    /// Of which kinds the jobs of a queue are, those with the most first: of at most 1,000 live ones, and of the
    /// newest 1,000 that ended.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](crate::Error::is_unavailable) when the database cannot be reached.
    pub async fn kinds_of_queue(&self, queue: &str) -> Result<Vec<KindShare>> {
        store::kinds_of_queue(&self.readers, queue, LOOKED_AT).await
    }
}

impl QueueActivity {
    /// `running` is how many jobs of it run now, and ran in each minute of the hour.
    fn new(
        queue: &str,
        (running, running_last_hour): (u64, Vec<Option<u64>>),
        flow: Option<QueueFlow>,
        workers: &[WorkerRecord],
    ) -> Self {
        let serving = || workers.iter().filter(|worker| worker.serves(queue));
        let sum =
            |number: fn(&WorkerRecord) -> i32| serving().map(|worker| u64::from(number(worker).unsigned_abs())).sum();
        let flow = flow.unwrap_or(QueueFlow { in_per_minute: 0.0, out_per_minute: 0.0, last_hour: vec![0; MINUTES] });
        Self {
            workers: serving().count() as u64,
            slots: sum(|worker| worker.slots),
            busy: sum(|worker| worker.busy),
            running,
            in_per_minute: flow.in_per_minute,
            out_per_minute: flow.out_per_minute,
            last_hour: flow.last_hour,
            running_last_hour,
        }
    }
}
