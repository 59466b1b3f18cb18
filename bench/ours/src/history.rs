//! Finished jobs in great number, by copying one that really ran.

use std::time::Duration;

use anyhow::{Result, ensure};
use task_tower_bench::{Bed, Caller, Contender, Flavor, Floor, Ledger, Tower, connect};

/// Has so many finished jobs in the history of Task Tower, unless they are there.
pub async fn of_the_tower(bed: &Bed, count: u64) -> Result<()> {
    if count > 0 {
        let once = once(bed);
        copy(&once, &Tower::open(&once).await?, include_str!("sql/tower_history.sql"), count).await?;
    }
    Ok(())
}

/// The same for the floor that keeps finished jobs.
pub async fn of_the_floor(bed: &Bed, count: u64) -> Result<()> {
    if count > 0 {
        let once = once(bed);
        copy(&once, &Floor::open(&once, Flavor::Full).await?, include_str!("sql/floor_history.sql"), count).await?;
    }
    Ok(())
}

/// The same bed with a ledger of its own, for the one job that is copied.
fn once(bed: &Bed) -> Bed {
    let mut once = Bed::new(&bed.url, &bed.schema, Ledger::new(1));
    once.slots = bed.slots;
    once
}

async fn copy<C: Contender>(bed: &Bed, contender: &C, statement: &str, count: u64) -> Result<()> {
    let client = connect(&bed.url).await?;
    let marker = format!("{}.copied", bed.schema);
    let there = client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&marker]).await?;
    if there.get(0) {
        return Ok(());
    }
    let worker = contender.start().await?;
    contender.caller().await?.enqueue(0).await?;
    ensure!(bed.ledger.reaches(1, Duration::from_secs(60)).await, "the job that was to be copied did not run");
    contender.stop(worker).await?;
    client.batch_execute(&format!("SET search_path = {}", bed.schema)).await?;
    client.execute(statement, &[&i64::try_from(count)?]).await?;
    // Each by itself: several in one go would be one transaction, in which VACUUM does not run.
    for statement in ["VACUUM ANALYZE", "CHECKPOINT", "CREATE TABLE copied ()"] {
        client.batch_execute(statement).await?;
    }
    Ok(())
}
