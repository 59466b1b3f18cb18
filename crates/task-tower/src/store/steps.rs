//! What stands together among the jobs of a batch, and what awaits what.

use std::collections::BTreeMap;

use tokio_postgres::Row;

use super::batches::record;
use super::questions::by_number;
use super::readers::Readers;
use super::statement;
use crate::error::Result;
use crate::record::{
    BATCH_STEP_JOBS_MAX, BATCH_STEPS_MAX, BatchEdge, BatchId, BatchRecord, BatchStep, BatchSteps, JobState, StepOf,
};

/// One more than are told, so that it shows that there are more.
const WANTED: i64 = BATCH_STEPS_MAX as i64 + 1;

/// Of each kind so many of the first jobs, and of the last, are asked what they await.
const ASKED: i64 = 20;

/// So many of what they await are followed up,
const FOLLOWED_UP: i64 = 10_000;

/// and so many that are not among the jobs that are looked at anyway.
const LOOKED_UP: i64 = 100;

/// The jobs of a batch by kind, with those that they await.
pub(crate) async fn batch_steps(readers: &Readers, id: BatchId) -> Result<BatchSteps> {
    let at_each_end = BATCH_STEP_JOBS_MAX as i64;
    let rows = readers
        .query(statement::BATCH_STEPS, &[&id.as_uuid(), &at_each_end, &WANTED, &ASKED, &FOLLOWED_UP, &LOOKED_UP])
        .await?;
    let (steps, edges): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.get(0));
    let looked_at = steps.first().map_or(0, |row| row.get::<_, i64>(8));
    let places: BTreeMap<(bool, &str), usize> =
        steps.iter().enumerate().map(|(place, row)| ((row.get(1), row.get(2)), place)).collect();
    let edge = |row: &&Row| {
        let from = *places.get(&(row.get(1), row.get(2)))?;
        let to = *places.get(&(false, row.get(7)))?;
        // That jobs of one kind follow each other makes no step wait.
        (from != to).then_some(BatchEdge { from, to })
    };
    Ok(BatchSteps {
        edges: edges.iter().filter_map(edge).collect(),
        steps: steps.iter().map(|row| step(row)).collect(),
        looked_at: looked_at.unsigned_abs(),
        is_counted_whole: looked_at < 2 * at_each_end,
        are_more: false,
    })
}

fn step(row: &Row) -> BatchStep {
    let (kind, display_name) = (row.get(2), row.get(3));
    let numbers: Vec<i64> = row.get(6);
    let in_state = |(number, jobs): (i16, i64)| Some((by_number(number)?, jobs.unsigned_abs()));
    let jobs: BTreeMap<JobState, u64> = (0..).zip(numbers).filter(|(_, jobs)| *jobs > 0).filter_map(in_state).collect();
    BatchStep {
        of: match row.get(1) {
            true => StepOf::Outside { kind, display_name },
            false => StepOf::Jobs { kind, display_name },
        },
        jobs,
        began_at: row.get(4),
        ended_at: row.get(5),
    }
}

/// Batches inside of that one, the oldest first.
pub(crate) async fn inner_batches(readers: &Readers, id: BatchId) -> Result<Vec<BatchRecord>> {
    let rows = readers.query(statement::INNER_BATCHES, &[&id.as_uuid(), &WANTED]).await?;
    Ok(rows.iter().map(record).collect())
}
