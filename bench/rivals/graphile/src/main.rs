//! Graphile Worker RS.

use std::ops::Range;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use graphile_worker::worker_utils::WorkerUtils;
use graphile_worker::{
    IntoTaskHandlerResult, JobSpec, LocalQueueConfig, TaskHandler, Worker, WorkerContext, WorkerOptions,
};
use serde::{Deserialize, Serialize};
use sqlx::{PgPool, postgres::PgPoolOptions, query_scalar};
use task_tower_bench::{Bed, Caller, Contender, Ledger};
use tokio::task::JoinHandle;

/// Without a word it is the number of cores; `benches/perf_test.rs` of the crate has 500 for jobs that do nothing.
const CONCURRENCY: usize = 64;
/// "For high-throughput workers" (docs/src/configuration/worker-options.md, "Completion and failure batching").
const COMPLETE_BATCH_DELAY: Duration = Duration::from_millis(5);
/// "When many small jobs make database fetch overhead noticeable" (docs/src/guides/local-queue.md); its
/// `benches/perf_test.rs` has 5,000 for 500 slots.
const LOCAL_QUEUE: usize = 1_000;
/// As many as there are callers at once, and some for the worker.
const CONNECTIONS: u32 = 24;
/// Rows of one `add_jobs`.
const ROWS: usize = 10_000;

fn main() -> ExitCode {
    driver::serve(Graphile::open)
}

#[derive(Clone, Serialize, Deserialize)]
struct Errand {
    number: u64,
    text: String,
}

#[derive(Clone)]
struct Book(Arc<Ledger>);

impl std::fmt::Debug for Book {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Book")
    }
}

impl TaskHandler for Errand {
    const IDENTIFIER: &'static str = "errand";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let book = context.get_ext::<Book>().ok_or("there is no ledger")?;
        book.0.began(self.number);
        Ok::<(), &str>(())
    }
}

struct Graphile {
    pool: PgPool,
    worker: Arc<Worker>,
    bed: Bed,
}

impl Graphile {
    async fn open(bed: &Bed) -> Result<Self> {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(&bed.url).await?;
        let options = WorkerOptions::default()
            .pg_pool(pool.clone())
            .concurrency(bed.slots.unwrap_or(CONCURRENCY))
            .complete_job_batch_delay(COMPLETE_BATCH_DELAY)
            .local_queue(LocalQueueConfig::default().with_size(LOCAL_QUEUE))
            .add_extension(Book(bed.ledger.clone()))
            .define_job::<Errand>();
        let worker = options.init().await.map_err(|error| anyhow!("{error}"))?;
        Ok(Self { pool, worker: Arc::new(worker), bed: bed.clone() })
    }
}

fn errand(bed: &Bed, number: u64) -> Errand {
    let errand = bed.errand(number);
    Errand { number, text: errand.text }
}

impl Contender for Graphile {
    type Caller = Enqueuer;
    type Worker = JoinHandle<Result<()>>;

    async fn caller(&self) -> Result<Enqueuer> {
        Ok(Enqueuer { utils: self.worker.create_utils(), bed: self.bed.clone() })
    }

    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        let (utils, spec) = (self.worker.create_utils(), JobSpec::default());
        for start in numbers.clone().step_by(ROWS) {
            let some = start..numbers.end.min(start + ROWS as u64);
            let jobs: Vec<_> = some.map(|number| (errand(&self.bed, number), &spec)).collect();
            utils.add_jobs(&jobs).await?;
        }
        Ok(())
    }

    async fn start(&self) -> Result<JoinHandle<Result<()>>> {
        let worker = self.worker.clone();
        Ok(tokio::spawn(async move { worker.run().await.map_err(|error| anyhow!("{error}")) }))
    }

    async fn stop(&self, running: JoinHandle<Result<()>>) -> Result<()> {
        self.worker.request_shutdown();
        running.await?
    }

    /// Finished jobs are deleted.
    async fn unfinished(&self) -> Result<u64> {
        let count: i64 =
            query_scalar("SELECT count(*) FROM graphile_worker._private_jobs").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}

struct Enqueuer {
    utils: WorkerUtils,
    bed: Bed,
}

impl Caller for Enqueuer {
    async fn enqueue(&self, number: u64) -> Result<()> {
        self.utils.add_job(errand(&self.bed, number), JobSpec::default()).await?;
        Ok(())
    }
}
