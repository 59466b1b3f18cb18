//! Underway.

use std::ops::Range;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use jiff::Span;
use sqlx::{PgPool, Postgres, Transaction, postgres::PgPoolOptions, query_scalar};
use task_tower_bench::{Bed, Caller, Contender, Errand, Ledger};
use tokio::task::JoinHandle;
use underway::{Queue, Task, Worker};

/// The number of cores by default; the example of `Worker::set_concurrency_limit` has 32.
const CONCURRENCY: usize = 64;
/// Each poll and each notification starts one more task that works, up to the limit; `Worker::run` polls once a minute.
const POLL_SECONDS: i64 = 1;
/// Each running task holds one for its transaction; as many as slots, callers and listeners.
const CONNECTIONS: u32 = 90;
/// Jobs of one call, so that they need not all be in memory.
const ROWS: usize = 10_000;

fn main() -> ExitCode {
    driver::serve(Underway::open)
}

#[derive(Clone)]
struct Errands(Arc<Ledger>);

impl Task for Errands {
    type Input = Errand;
    type Output = ();

    async fn execute(&self, transaction: Transaction<'_, Postgres>, errand: Errand) -> underway::task::Result<()> {
        self.0.began(errand.number);
        transaction.commit().await?;
        Ok(())
    }
}

struct Underway {
    pool: PgPool,
    queue: Arc<Queue<Errands>>,
    bed: Bed,
}

impl Underway {
    async fn open(bed: &Bed) -> Result<Self> {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(&bed.url).await?;
        underway::run_migrations(&pool).await?;
        let queue = Queue::builder().name("bench").pool(pool.clone()).build().await?;
        Ok(Self { pool, queue: Arc::new(queue), bed: bed.clone() })
    }

    fn task(&self) -> Errands {
        Errands(self.bed.ledger.clone())
    }
}

impl Contender for Underway {
    type Caller = Enqueuer;
    type Worker = (Worker<Errands>, JoinHandle<Result<(), underway::worker::Error>>);

    async fn caller(&self) -> Result<Enqueuer> {
        Ok(Enqueuer { pool: self.pool.clone(), queue: self.queue.clone(), task: self.task(), bed: self.bed.clone() })
    }

    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        for start in numbers.clone().step_by(ROWS) {
            let some = start..numbers.end.min(start + ROWS as u64);
            let jobs: Vec<Errand> = some.map(|number| self.bed.errand(number)).collect();
            let mut connection = self.pool.acquire().await?;
            self.queue.enqueue_multi(&mut *connection, &self.task(), &jobs).await?;
        }
        Ok(())
    }

    async fn start(&self) -> Result<Self::Worker> {
        let mut worker = Worker::new(self.queue.clone(), self.task());
        worker.set_concurrency_limit(self.bed.slots.unwrap_or(CONCURRENCY));
        let running = worker.clone();
        let ended = tokio::spawn(async move { running.run_every(Span::new().seconds(POLL_SECONDS)).await });
        Ok((worker, ended))
    }

    async fn stop(&self, (worker, ended): Self::Worker) -> Result<()> {
        worker.shutdown();
        ended.await?.map_err(|error| anyhow!("{error}"))
    }

    async fn unfinished(&self) -> Result<u64> {
        let count: i64 =
            query_scalar("SELECT count(*) FROM underway.task WHERE state <> 'succeeded'").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}

struct Enqueuer {
    pool: PgPool,
    queue: Arc<Queue<Errands>>,
    task: Errands,
    bed: Bed,
}

impl Caller for Enqueuer {
    async fn enqueue(&self, number: u64) -> Result<()> {
        self.queue.enqueue(&self.pool, &self.task, &self.bed.errand(number)).await?;
        Ok(())
    }
}
