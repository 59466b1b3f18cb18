//! Task Tower as a contender, through nothing but its public API.

use std::ops::Range;
use std::sync::Arc;

use anyhow::Result;
use task_tower::{Client, Job, JobError, JobFilter, JobState, RunningTower, State, TaskTower};

use super::contender::{Bed, Caller, Contender};
use super::ledger::{Errand, Ledger};

pub(super) struct Tower {
    tower: TaskTower,
}

impl Job for Errand {
    const KIND: &'static str = "errand";
}

async fn run_errand(errand: Errand, State(ledger): State<Arc<Ledger>>) -> std::result::Result<(), JobError> {
    ledger.began(errand.number);
    Ok(())
}

impl Tower {
    pub(super) async fn open(bed: &Bed) -> Result<Self> {
        let mut builder = TaskTower::builder()
            .connection_string(&bed.url)
            .schema_name(&bed.schema)
            .state(bed.ledger.clone())
            .job(run_errand);
        if let Some(slots) = bed.slots {
            builder = builder.backend_concurrency(slots);
        }
        Ok(Self { tower: builder.build().await? })
    }
}

impl Contender for Tower {
    type Caller = Client;
    type Worker = RunningTower;

    /// All callers of a process share one client, which gathers what they enqueue.
    async fn caller(&self) -> Result<Client> {
        Ok(self.tower.client())
    }

    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        self.tower.client().enqueue_all(numbers.map(Errand::new)).await?;
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

impl Caller for Client {
    async fn enqueue(&self, number: u64) -> Result<()> {
        Client::enqueue(self, Errand::new(number)).await?;
        Ok(())
    }
}
