//! `task-tower jobs requeue`, `cancel`, `discard` and `delete`. For one job, a refusal says why; of
//! several, those that are not in a state for it are skipped and named. With `--filter`, see `bulk.rs`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use task_tower::{Action, Console, Done, JobId};

use super::bulk::{self, BulkArgs};
use crate::output::{line, note};

#[derive(Args, Debug)]
pub(super) struct ChangeArgs {
    /// The jobs' ids, at most 1,000.
    #[arg(required_unless_present = "filter")]
    ids: Vec<JobId>,
    #[command(flatten)]
    bulk: BulkArgs,
}

#[derive(Args, Debug)]
pub(super) struct ReasonedArgs {
    /// The jobs' ids, at most 1,000.
    #[arg(required_unless_present = "filter")]
    ids: Vec<JobId>,
    #[command(flatten)]
    bulk: BulkArgs,
    /// Why. It is kept with the jobs.
    #[arg(long)]
    reason: Option<String>,
}

pub(super) async fn requeue(console: &Console, args: ChangeArgs) -> Result<ExitCode> {
    if let Some(filter) = &args.bulk.filter {
        return bulk::run(console, &args.bulk, filter, Action::Requeue, "requeued").await;
    }
    let done = match args.ids[..] {
        [id] => console.requeue(id).await.map(|()| one(id)),
        _ => console.requeue_all(&args.ids).await.map(Told::from),
    };
    tell("requeue", "requeued", &args.ids, done)
}

pub(super) async fn cancel(console: &Console, args: ReasonedArgs) -> Result<ExitCode> {
    if let Some(filter) = &args.bulk.filter {
        return bulk::run(console, &args.bulk, filter, Action::Cancel { reason: args.reason.clone() }, "cancelled")
            .await;
    }
    let reason = args.reason.as_deref();
    let done = match args.ids[..] {
        [id] => console.cancel(id, reason).await.map(|_| one(id)),
        _ => console.cancel_all(&args.ids, reason).await.map(Told::from),
    };
    tell("cancel", "cancelled", &args.ids, done)
}

pub(super) async fn discard(console: &Console, args: ReasonedArgs) -> Result<ExitCode> {
    if let Some(filter) = &args.bulk.filter {
        return bulk::run(console, &args.bulk, filter, Action::Discard { reason: args.reason.clone() }, "discarded")
            .await;
    }
    let reason = args.reason.as_deref();
    let done = match args.ids[..] {
        [id] => console.discard(id, reason).await.map(|()| one(id)),
        _ => console.discard_all(&args.ids, reason).await.map(Told::from),
    };
    tell("discard", "discarded", &args.ids, done)
}

pub(super) async fn delete(console: &Console, args: ChangeArgs) -> Result<ExitCode> {
    if let Some(filter) = &args.bulk.filter {
        return bulk::run(console, &args.bulk, filter, Action::Delete, "deleted").await;
    }
    let done = match args.ids[..] {
        [id] => console.delete(id).await.map(|()| one(id)),
        _ => console.delete_all(&args.ids).await.map(Told::from),
    };
    tell("delete", "deleted", &args.ids, done)
}

/// What was done, and what was not.
struct Told {
    done: Vec<JobId>,
    skipped: Vec<JobId>,
}

impl From<Done> for Told {
    fn from(done: Done) -> Self {
        Self { done: done.done, skipped: done.skipped }
    }
}

fn one(id: JobId) -> Told {
    Told { done: vec![id], skipped: Vec::new() }
}

fn tell(deed: &str, past: &str, ids: &[JobId], done: task_tower::Result<Told>) -> Result<ExitCode> {
    let told = done.with_context(|| match ids {
        [id] => format!("could not {deed} job {id}"),
        _ => format!("could not {deed} {} jobs", ids.len()),
    })?;
    for id in &told.done {
        line(format_args!("{past} {id}"));
    }
    for id in &told.skipped {
        note(format_args!("skipped {id}: it is not in a state for that, or does not exist"));
    }
    Ok(if told.skipped.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
