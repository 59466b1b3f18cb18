//! Jobs that belong together: an import opens a batch, its first job adds one for each row, and when the last has ended,
//! a report is enqueued, once. One row is bad: it dies, which is told at once; so there is no success.
//!
//! Run it with `cargo run -p task-tower --example batches`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{CurrentBatch, Error, Job, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct ImportFile {
    rows: u32,
}

impl Job for ImportFile {
    const KIND: &'static str = "import_file";
}

#[derive(Serialize, Deserialize)]
struct ImportRow {
    row: u32,
}

impl Job for ImportRow {
    const KIND: &'static str = "import_row";
}

#[derive(Serialize, Deserialize)]
struct Report {
    news: String,
}

impl Job for Report {
    const KIND: &'static str = "report";
}

/// A member that runs adds to its batch, also when that is closed. All rows or none: another try adds none twice.
async fn import_file(job: ImportFile, batch: CurrentBatch) -> Result<(), JobError> {
    batch.add_all((1..=job.rows).map(|row| ImportRow { row })).await?;
    println!("added {} rows", job.rows);
    Ok(())
}

async fn import_row(job: ImportRow) -> Result<(), JobError> {
    match job.row {
        13 => Err(JobError::discard("row 13 has no name")),
        _ => Ok(()),
    }
}

async fn report(job: Report, batch: CurrentBatch) -> Result<(), JobError> {
    println!("{} (batch {})", job.news, batch.id().short());
    Ok(())
}

fn news(news: &str) -> Report {
    Report { news: news.to_owned() }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let tower = TaskTower::builder().job(import_file).job(import_row).job(report).build().await?;

    let batch = tower
        .client()
        .open_batch("import of March")
        .on_death(news("a row could not be imported"))
        .on_finished(news("the import is over"))
        .on_success(news("all rows are in"))
        .await?;
    batch.add(ImportFile { rows: 100 }).await?;
    batch.close().await?;

    tower.run().await
}
