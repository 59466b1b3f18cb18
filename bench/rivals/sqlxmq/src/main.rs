//! Sqlxmq.

use std::error::Error;
use std::ops::Range;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::{Executor, PgPool, postgres::PgPoolOptions, query, query_scalar};
use sqlxmq::{CurrentJob, JobRegistry, JobRunnerHandle, job};
use task_tower_bench::{Bed, Caller, Contender, Errand, Ledger};

/// The migrations of the crate, as it says: "You can copy the migration files from this crate".
const MIGRATIONS: [&str; 5] = [
    include_str!("../migrations/20210316025847_setup.up.sql"),
    include_str!("../migrations/20210921115907_clear.up.sql"),
    include_str!("../migrations/20211013151757_fix_mq_latest_message.up.sql"),
    include_str!("../migrations/20220208120856_fix_concurrent_poll.up.sql"),
    include_str!("../migrations/20220713122907_fix-clear_all-keep-nil-message.up.sql"),
];
/// The default is 32.
const MAX_CONCURRENCY: usize = 64;
/// As many as there are callers at once, and some for the worker.
const CONNECTIONS: u32 = 24;
/// Rows of one insert.
const ROWS: usize = 10_000;
const GRACE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    driver::serve(Sqlxmq::open)
}

#[job(name = "errand")]
async fn errand(mut job: CurrentJob, ledger: Arc<Ledger>) -> Result<(), Box<dyn Error + Send + Sync>> {
    let data: Errand = job.json()?.context("a job without data")?;
    ledger.began(data.number);
    job.complete().await?;
    Ok(())
}

struct Sqlxmq {
    pool: PgPool,
    bed: Bed,
}

impl Sqlxmq {
    async fn open(bed: &Bed) -> Result<Self> {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(&bed.url).await?;
        for migration in MIGRATIONS {
            pool.execute(migration).await?;
        }
        Ok(Self { pool, bed: bed.clone() })
    }
}

impl Contender for Sqlxmq {
    type Caller = Enqueuer;
    type Worker = JobRunnerHandle;

    async fn caller(&self) -> Result<Enqueuer> {
        Ok(Enqueuer { pool: self.pool.clone(), bed: self.bed.clone() })
    }

    /// Its API has nothing for many jobs; this is the SQL function below it. Only backlogs are filled by it.
    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        for start in numbers.clone().step_by(ROWS) {
            let some = start..numbers.end.min(start + ROWS as u64);
            let payloads = some.map(|number| serde_json::to_string(&self.bed.errand(number)));
            query(include_str!("sql/fill.sql"))
                .bind(payloads.collect::<Result<Vec<String>, _>>()?)
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    /// "The difference between the min and max will dictate the maximum batch size which can be received: larger batch
    /// sizes are more efficient" (`JobRunnerOptions::set_concurrency`); the defaults are in the same proportion.
    async fn start(&self) -> Result<JobRunnerHandle> {
        let max = self.bed.slots.unwrap_or(MAX_CONCURRENCY);
        let mut registry = JobRegistry::new(&[errand]);
        registry.set_context(self.bed.ledger.clone());
        Ok(registry.runner(&self.pool).set_concurrency(max / 2, max).run().await?)
    }

    async fn stop(&self, mut worker: JobRunnerHandle) -> Result<()> {
        worker.stop().await;
        worker.wait_jobs_finish(GRACE).await;
        Ok(())
    }

    /// Finished jobs are deleted.
    async fn unfinished(&self) -> Result<u64> {
        let count: i64 =
            query_scalar("SELECT count(*) FROM mq_msgs WHERE id <> uuid_nil()").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}

struct Enqueuer {
    pool: PgPool,
    bed: Bed,
}

impl Caller for Enqueuer {
    async fn enqueue(&self, number: u64) -> Result<()> {
        errand.builder().set_json(&self.bed.errand(number))?.spawn(&self.pool).await?;
        Ok(())
    }
}
