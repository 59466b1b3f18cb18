//! Fang, with its asynchronous workers.

use std::ops::Range;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use async_trait::async_trait;
use fang::{AsyncQueue, AsyncQueueable, AsyncRunnable, AsyncWorkerPool, FangError, SleepParams};
use serde::{Deserialize, Serialize};
use sqlx::{Executor, PgPool, postgres::PgPoolOptions, query, query_scalar};
use task_tower_bench::{Bed, Caller, Contender, Ledger};

/// One: `AsyncQueue::fetch_and_touch_task` of 0.11 selects a task and marks it in two transactions, so that two workers may
/// run the same one. With ten, as in its examples, the ledger finds jobs that ran more than once.
const WORKERS: u32 = 1;
/// How long a worker without jobs sleeps: there are no notifications. The default of 5 to 15 s would be all that is measured.
const SLEEP: Duration = Duration::from_millis(100);
/// As many as there are callers at once, and some for the workers.
const CONNECTIONS: u32 = 30;
/// Rows of one insert.
const ROWS: usize = 10_000;
/// How long completions of jobs that ran are waited for.
const GRACE: Duration = Duration::from_secs(10);

/// Tasks are nothing but data: the ledger is found here.
static LEDGER: OnceLock<Arc<Ledger>> = OnceLock::new();

fn main() -> ExitCode {
    driver::serve(Fang::open)
}

#[derive(Serialize, Deserialize)]
struct Errand {
    number: u64,
    text: String,
}

#[typetag::serde]
#[async_trait]
impl AsyncRunnable for Errand {
    async fn run(&self, _: &dyn AsyncQueueable) -> Result<(), FangError> {
        if let Some(ledger) = LEDGER.get() {
            ledger.began(self.number);
        }
        Ok(())
    }
}

struct Fang {
    queue: AsyncQueue,
    pool: PgPool,
    bed: Bed,
}

impl Fang {
    async fn open(bed: &Bed) -> Result<Self> {
        ensure!(LEDGER.set(bed.ledger.clone()).is_ok(), "there is a ledger already");
        let pool = PgPoolOptions::new().max_connections(1).connect(&bed.url).await?;
        pool.execute(include_str!("../migrations/2022-08-20-151615_create_fang_tasks.up.sql")).await?;
        let mut queue = AsyncQueue::builder().uri(bed.url.clone()).max_pool_size(CONNECTIONS).build();
        queue.connect().await.map_err(|error| anyhow!("{error}"))?;
        Ok(Self { queue, pool, bed: bed.clone() })
    }
}

fn errand(bed: &Bed, number: u64) -> Errand {
    let errand = bed.errand(number);
    Errand { number, text: errand.text }
}

impl Contender for Fang {
    type Caller = Enqueuer;
    type Worker = ();

    async fn caller(&self) -> Result<Enqueuer> {
        Ok(Enqueuer { queue: self.queue.clone(), bed: self.bed.clone() })
    }

    /// Its API has nothing for many jobs; this writes its rows. Only backlogs are filled by it.
    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        for start in numbers.clone().step_by(ROWS) {
            let some = start..numbers.end.min(start + ROWS as u64);
            let rows = some.map(|number| serde_json::to_string(&errand(&self.bed, number) as &dyn AsyncRunnable));
            query("INSERT INTO fang_tasks (metadata) SELECT row::jsonb FROM unnest($1::text[]) AS row")
                .bind(rows.collect::<Result<Vec<String>, _>>()?)
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    async fn start(&self) -> Result<()> {
        let sleep = SleepParams {
            sleep_period: SLEEP,
            max_sleep_period: SLEEP,
            min_sleep_period: SLEEP,
            sleep_step: Duration::ZERO,
        };
        let mut workers: AsyncWorkerPool<AsyncQueue> =
            AsyncWorkerPool::builder().number_of_workers(WORKERS).queue(self.queue.clone()).sleep_params(sleep).build();
        workers.start().await;
        Ok(())
    }

    /// Its workers cannot be stopped: all that can be waited for is that nothing is left.
    async fn stop(&self, (): ()) -> Result<()> {
        let end = Instant::now() + GRACE;
        while Instant::now() < end && self.unfinished().await? > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Finished jobs are deleted.
    async fn unfinished(&self) -> Result<u64> {
        let count: i64 = query_scalar("SELECT count(*) FROM fang_tasks").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}

struct Enqueuer {
    queue: AsyncQueue,
    bed: Bed,
}

impl Caller for Enqueuer {
    async fn enqueue(&self, number: u64) -> Result<()> {
        self.queue.insert_task(&errand(&self.bed, number)).await.map_err(|error| anyhow!("{error}"))?;
        Ok(())
    }
}
