//! Apalis on PostgreSQL.

use std::ops::Range;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use apalis::prelude::*;
use apalis_postgres::{Config, PgPool, PostgresStorage, queries};
use sqlx::{Postgres, pool::PoolConnection, postgres::PgPoolOptions, query_scalar};
use task_tower_bench::{Bed, Caller, Contender, Errand, Ledger};
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;

const QUEUE: &str = "bench";
/// There is no default for `concurrency`; its README has 2, for jobs that send mail.
const CONCURRENCY: usize = 64;
/// "Larger batches can improve throughput by reducing the number of queue operations" (`Config::batch_size`).
const BATCH: usize = 500;
/// The pubsub example polls every 10 s beside its notifications; a backlog is only drained as fast as it polls.
const POLL: Duration = Duration::from_millis(50);
/// As many as there are callers at once, and some for the worker.
const CONNECTIONS: u32 = 24;
/// Rows of one `push_tasks`.
const ROWS: usize = 10_000;

fn main() -> ExitCode {
    driver::serve(Apalis::open)
}

struct Apalis {
    pool: PgPool,
    bed: Bed,
}

/// A worker, and how it is told to stop.
struct Running {
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), WorkerError>>,
}

async fn run(errand: Errand, ledger: Data<Arc<Ledger>>) -> Result<(), BoxDynError> {
    ledger.began(errand.number);
    Ok(())
}

impl Apalis {
    async fn open(bed: &Bed) -> Result<Self> {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(&bed.url).await?;
        PostgresStorage::setup(&pool).await?;
        Ok(Self { pool, bed: bed.clone() })
    }
}

/// As its pubsub example makes them.
fn task(bed: &Bed, number: u64) -> Result<apalis_postgres::PgTask> {
    Ok(TaskBuilder::new(serde_json::to_vec(&bed.errand(number))?).build())
}

impl Contender for Apalis {
    type Caller = Enqueuer;
    type Worker = Running;

    async fn caller(&self) -> Result<Enqueuer> {
        Ok(Enqueuer { connection: Mutex::new(self.pool.acquire().await?), bed: self.bed.clone() })
    }

    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        let mut connection = self.pool.acquire().await?;
        for start in numbers.clone().step_by(ROWS) {
            let some = start..numbers.end.min(start + ROWS as u64);
            let tasks = some.map(|number| task(&self.bed, number)).collect::<Result<Vec<_>>>()?;
            queries::push_tasks(&mut *connection, QUEUE, tasks).await?;
        }
        Ok(())
    }

    async fn start(&self) -> Result<Running> {
        let config = Config::default().queue(QUEUE).batch_size(BATCH);
        let backend =
            PostgresStorage::<Errand>::new(&self.pool).with_config(config).with_pubsub().poll_with_interval(POLL);
        let worker = WorkerBuilder::new("bench")
            .backend(backend)
            .concurrency(self.bed.slots.unwrap_or(CONCURRENCY))
            .parallelize(tokio::spawn)
            .data(self.bed.ledger.clone())
            .build(run);
        let (stop, stopped) = oneshot::channel::<()>();
        let signal = async move {
            // A sender that is gone means to stop, too.
            let _ = stopped.await;
            Ok::<(), std::io::Error>(())
        };
        Ok(Running { stop, ended: tokio::spawn(worker.run_until(signal)) })
    }

    async fn stop(&self, worker: Running) -> Result<()> {
        worker.stop.send(()).map_err(|()| anyhow!("the worker has stopped before"))?;
        worker.ended.await?.map_err(|error| anyhow!("{error}"))
    }

    async fn unfinished(&self) -> Result<u64> {
        let count: i64 =
            query_scalar("SELECT count(*) FROM apalis.jobs WHERE status <> 'Done'").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}

struct Enqueuer {
    connection: Mutex<PoolConnection<Postgres>>,
    bed: Bed,
}

impl Caller for Enqueuer {
    async fn enqueue(&self, number: u64) -> Result<()> {
        let mut connection = self.connection.lock().await;
        queries::push_tasks(&mut **connection, QUEUE, vec![task(&self.bed, number)?]).await?;
        Ok(())
    }
}
