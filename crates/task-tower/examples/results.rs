//! A handler that returns something: it is kept with the job, as JSON, for as long as that is (7 days by
//! default), and the console reads it back.
//!
//! Run it with `cargo run -p task-tower --example results`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Console, Error, Job, JobError, JobId, Output, TaskTower};

#[derive(Serialize, Deserialize)]
struct WriteInvoice {
    cents: Vec<u64>,
}

impl Job for WriteInvoice {
    const KIND: &'static str = "write_invoice";
}

#[derive(Serialize, Deserialize)]
struct Invoice {
    positions: usize,
    total_cents: u64,
}

async fn write_invoice(job: WriteInvoice) -> Result<Output<Invoice>, JobError> {
    let invoice = Invoice { positions: job.cents.len(), total_cents: job.cents.iter().sum() };
    Ok(Output(invoice))
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let tower = TaskTower::builder().job(write_invoice).build().await?;

    let id = tower.client().enqueue(WriteInvoice { cents: vec![990, 1250] }).await?;

    tokio::try_join!(tower.run(), read_invoice(tower.console(), id))?;
    Ok(())
}

async fn read_invoice(console: Console, id: JobId) -> Result<(), Error> {
    while !console.job(id).await?.state.is_final() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let json = console.job(id).await?.result.unwrap_or_default();
    println!("kept: {json}");
    match serde_json::from_value(json) {
        Ok(Invoice { positions, total_cents }) => println!("an invoice of {positions} positions, {total_cents} cents"),
        Err(error) => println!("this is no invoice: {error}"),
    }
    Ok(())
}
