//! River for Rust.

use std::ops::Range;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use riverqueue::migrate::PostgresMigrator;
use riverqueue::sqlx::{PgPool, postgres::PgPoolOptions, query_scalar};
use riverqueue::{BoxError, Client, Job, JobArgs, QueueConfig, RunHandle, WorkContext, WorkOutcome, Workers};
use serde::{Deserialize, Serialize};
use task_tower_bench::{Bed, Caller, Contender};

/// There is no default. 64 as in the drains; its quick start has 10, for jobs that send mail.
const MAX_WORKERS: usize = 64;
/// "Throughput is limited by this value", says `ClientBuilder::fetch_cooldown`: the least that it takes.
const FETCH_COOLDOWN: Duration = Duration::from_millis(1);
/// As many as there are callers at once, and some for the worker.
const CONNECTIONS: u32 = 24;
/// Rows of one `insert_many`. A statement takes all at once, as arrays.
const ROWS: usize = 10_000;

fn main() -> ExitCode {
    driver::serve(River::open)
}

#[derive(Serialize, Deserialize, JobArgs)]
#[river(kind = "errand")]
struct Args {
    number: u64,
    text: String,
}

struct River {
    pool: PgPool,
    client: Client,
    bed: Bed,
}

impl River {
    async fn open(bed: &Bed) -> Result<Self> {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(&bed.url).await?;
        PostgresMigrator::new(pool.clone()).migrate_up().await?;
        let mut workers = Workers::new();
        let ledger = bed.ledger.clone();
        workers.add_fn(move |_: WorkContext, job: Job<Args>| {
            ledger.began(job.args.number);
            async { Ok::<_, BoxError>(WorkOutcome::Complete) }
        })?;
        let client = Client::builder(pool.clone())
            .workers(workers)
            .fetch_cooldown(FETCH_COOLDOWN)
            .queue("default", QueueConfig::new(bed.slots.unwrap_or(MAX_WORKERS)))
            .build()?;
        Ok(Self { pool, client, bed: bed.clone() })
    }
}

fn args(bed: &Bed, number: u64) -> Args {
    let errand = bed.errand(number);
    Args { number, text: errand.text }
}

impl Contender for River {
    type Caller = Enqueuer;
    type Worker = RunHandle;

    async fn caller(&self) -> Result<Enqueuer> {
        Ok(Enqueuer { client: self.client.clone(), bed: self.bed.clone() })
    }

    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        for start in numbers.clone().step_by(ROWS) {
            let some = start..numbers.end.min(start + ROWS as u64);
            self.client.insert_many(some.map(|number| args(&self.bed, number))).await?;
        }
        Ok(())
    }

    async fn start(&self) -> Result<RunHandle> {
        Ok(self.client.start()?)
    }

    async fn stop(&self, mut worker: RunHandle) -> Result<()> {
        Ok(worker.stop().await?)
    }

    async fn unfinished(&self) -> Result<u64> {
        let count: i64 =
            query_scalar("SELECT count(*) FROM river_job WHERE state <> 'completed'").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}

struct Enqueuer {
    client: Client,
    bed: Bed,
}

impl Caller for Enqueuer {
    async fn enqueue(&self, number: u64) -> Result<()> {
        self.client.insert(args(&self.bed, number)).await?;
        Ok(())
    }
}
