//! Task Tower as a contender, through nothing but its public API.

use std::ops::Range;
use std::sync::Arc;

use anyhow::Result;
use task_tower::{Client, Job, JobError, JobFilter, JobState, RunningTower, State, TaskTower};

use crate::contender::{Bed, Caller, Contender};
use crate::ledger::{Errand, Ledger};

/// Task Tower with its defaults.
pub struct Tower {
    tower: TaskTower,
    bed: Bed,
}

impl Job for Errand {
    const KIND: &'static str = "errand";
}

async fn run_errand(errand: Errand, State(ledger): State<Arc<Ledger>>) -> std::result::Result<(), JobError> {
    ledger.began(errand.number);
    Ok(())
}

impl Tower {
    /// Makes its schema, unless it is there. With `TASK_TOWER_BENCH_REDIS` set to its address, Redis announces, if the program
    /// was built with that feature.
    pub async fn open(bed: &Bed) -> Result<Self> {
        let mut builder = TaskTower::builder()
            .connection_string(&bed.url)
            .schema_name(&bed.schema)
            .state(bed.ledger.clone())
            .job(run_errand);
        if let Some(slots) = bed.slots {
            builder = builder.backend_concurrency(slots);
        }
        if let Ok(url) = std::env::var("TASK_TOWER_BENCH_REDIS") {
            builder = builder.redis_url(url);
        }
        Ok(Self { tower: builder.build().await?, bed: bed.clone() })
    }
}

impl Contender for Tower {
    type Caller = TowerCaller;
    type Worker = RunningTower;

    /// All callers of a process share one client, which gathers what they enqueue.
    async fn caller(&self) -> Result<TowerCaller> {
        Ok(TowerCaller { client: self.tower.client(), bed: self.bed.clone() })
    }

    /// All into the default queue: workloads with many queues enqueue job by job. With `TASK_TOWER_BENCH_BATCH` set, all into
    /// one batch, to see what that costs.
    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        let (bed, client) = (self.bed.clone(), self.tower.client());
        let errands = numbers.map(move |number| bed.errand(number));
        if std::env::var_os("TASK_TOWER_BENCH_BATCH").is_none() {
            client.enqueue_all(errands).await?;
            return Ok(());
        }
        let batch = client.open_batch("all of them").await?;
        batch.add_all(errands).await?;
        batch.close().await?;
        Ok(())
    }

    async fn start(&self) -> Result<RunningTower> {
        Ok(self.tower.start()?)
    }

    async fn stop(&self, worker: RunningTower) -> Result<()> {
        worker.stop().await;
        Ok(())
    }

    async fn unfinished(&self) -> Result<u64> {
        let counts = self.tower.console().counts(&JobFilter::new()).await?;
        Ok(counts.iter().filter(|(state, _)| **state != JobState::Completed).map(|(_, count)| count.number()).sum())
    }
}

/// A client, and what its jobs are like.
pub struct TowerCaller {
    client: Client,
    bed: Bed,
}

impl Caller for TowerCaller {
    async fn enqueue(&self, number: u64) -> Result<()> {
        let request = self.client.enqueue(self.bed.errand(number));
        match queue_name(&self.bed, number) {
            Some(name) => request.to_queue(name).await?,
            None => request.await?,
        };
        Ok(())
    }
}

/// The queue of a job, unless it is the default one.
fn queue_name(bed: &Bed, number: u64) -> Option<String> {
    (bed.queues > 1).then(|| format!("queue{}", number % bed.queues))
}
