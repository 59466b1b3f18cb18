//! `task-tower jobs requeue --filter …` and its like: an action on all jobs that a filter finds, after a preview, as an
//! operation. What the dashboard asks before it begins one is asked here as well.

use std::future::ready;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use task_tower::{Action, Console, JobFilter, OperationId, OperationRecord, Preview};

use super::confirm::{Answer, ask};
use super::preview::show;
use super::progress::Progress;
use crate::output::{line, note};
use crate::signals::Signals;

/// While somebody else works on the operation, we look again after this time.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Args, Debug)]
pub(super) struct BulkArgs {
    /// Instead of ids: all jobs that this filter finds, as in 'state:dead kind:send_* created:<2h'.
    ///
    /// Shows first how many jobs that would be, and asks. Jobs that are created afterwards are not touched. The work is
    /// done a thousand jobs at a time; Ctrl-C stops it there, and what is done stays done. If this program is killed,
    /// a dashboard goes on with it.
    #[arg(long, allow_hyphen_values = true, conflicts_with = "ids", value_name = "FILTER")]
    pub(super) filter: Option<JobFilter>,
    /// Do not ask.
    #[arg(long, conflicts_with = "ids")]
    yes: bool,
    /// Print the outcome as JSON.
    #[arg(long, conflicts_with = "ids")]
    json: bool,
}

/// Does it to all jobs that the filter finds.
pub(super) async fn run(
    console: &Console,
    args: &BulkArgs,
    filter: &JobFilter,
    action: Action,
    past: &str,
) -> Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let word = action.as_str();
    let preview = console.preview(filter).await.with_context(|| format!("could not preview what to {word}"))?;
    show(&preview, &action, past, filter);
    if preview.eligible(&action).number() == 0 {
        note(format_args!("There is nothing to {word}."));
        return Ok(ExitCode::SUCCESS);
    }
    if !is_meant(args, &preview, &action, &mut signals).await? {
        note("Nothing was changed.");
        return Ok(ExitCode::FAILURE);
    }
    let begun = console.start_operation(&action, filter, preview.created_before, "").await;
    let id = begun.with_context(|| format!("could not begin to {word} the jobs"))?;
    let record = drive(console, id, &mut signals).await.with_context(|| format!("could not end operation {id}"))?;
    tell(&record, args, past)
}

/// A signal is a no.
async fn is_meant(args: &BulkArgs, preview: &Preview, action: &Action, signals: &mut Signals) -> Result<bool> {
    if args.yes {
        return Ok(true);
    }
    tokio::select! {
        answer = ask(action, preview.eligible(action)) => Ok(answer? == Answer::Yes),
        () = signals.next() => Ok(false),
    }
}

/// Works until the operation has ended, whoever did it.
async fn drive(console: &Console, id: OperationId, signals: &mut Signals) -> Result<OperationRecord> {
    let mut progress = Progress::new();
    loop {
        let record = console.operation(id).await?;
        if record.ended_at.is_some() {
            progress.end();
            return Ok(record);
        }
        progress.show(&record);
        tokio::select! {
            biased;
            () = signals.next() => stop(console, id).await?,
            // A chunk is not left in the middle.
            () = ready(()) => step(console).await,
        }
    }
}

/// Where a chunk fails, the next try does it again.
async fn step(console: &Console) {
    if !matches!(console.work_operations().await, Ok(true)) {
        tokio::time::sleep(PAUSE).await;
    }
}

/// It may have ended meanwhile.
async fn stop(console: &Console, id: OperationId) -> Result<()> {
    match console.cancel_operation(id).await {
        Err(error) if !error.is_conflict() => Err(error.into()),
        _ => Ok(()),
    }
}

fn tell(record: &OperationRecord, args: &BulkArgs, past: &str) -> Result<ExitCode> {
    match args.json {
        true => line(serde_json::to_string_pretty(record).context("could not write JSON")?),
        false => line(format_args!("{past} {}", jobs(record.done))),
    }
    for (state, count) in &record.skipped_states {
        note(format_args!("skipped {}: {state} meanwhile, or before", jobs(*count)));
    }
    if let Some(failure) = &record.failure {
        return Err(anyhow!("{failure}").context(format!("could not end operation {}", record.id)));
    }
    if record.undo_until.is_some() && record.done > 0 {
        note(format_args!("It can be undone for ten minutes: on the dashboard, operation {}.", record.id));
    }
    if record.cancel_requested {
        note("Stopped: the other jobs are as they were.");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn jobs(number: u64) -> String {
    match number {
        1 => "1 job".to_owned(),
        number => format!("{number} jobs"),
    }
}
