//! A worker at work on a fresh schema, for tests of what becomes of single jobs.

use task_tower::{Client, Console, Job, JobId, JobRecord, JobState, RunningTower, TowerBuilder};

use super::{TestBed, in_state};

pub struct House {
    pub bed: TestBed,
    pub client: Client,
    pub console: Console,
    running: RunningTower,
}

impl House {
    pub async fn new(handlers: impl FnOnce(TowerBuilder) -> TowerBuilder) -> Self {
        Self::on(TestBed::new().await, handlers).await
    }

    /// On a schema that is there already, with what was done to it.
    pub async fn on(bed: TestBed, handlers: impl FnOnce(TowerBuilder) -> TowerBuilder) -> Self {
        let tower = handlers(bed.builder()).build().await.unwrap();
        let running = tower.start().unwrap();
        Self { bed, client: tower.client(), console: tower.console(), running }
    }

    /// Enqueues the job and waits until it is in that state.
    pub async fn until(&self, job: impl Job, state: JobState) -> JobRecord {
        let id = self.client.enqueue(job).await.unwrap();
        self.in_state(id, state).await
    }

    pub async fn in_state(&self, id: JobId, state: JobState) -> JobRecord {
        in_state(&self.console, id, state).await
    }

    /// Stops the worker, which waits for what runs. The schema lasts as long as the bed.
    pub async fn stop(self) -> TestBed {
        self.running.stop().await;
        self.bed
    }
}
