//! `task-tower jobs`: looks at jobs and changes them.

mod bulk;
mod change;
mod confirm;
mod list;
mod preview;
mod progress;
mod show;
mod tag;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::database::{self, DatabaseArgs};

/// List and show jobs; tag, requeue, cancel, discard and delete them, by id or by filter.
#[derive(Args, Debug)]
pub(crate) struct JobsArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// List jobs, newest first.
    List(list::ListArgs),
    /// Show one job with its history.
    Show(show::ShowArgs),
    /// Add tags to a job; those that it has already stay once.
    Tag(tag::TagArgs),
    /// Run jobs again, at once and with all their retries; finished and waiting ones.
    Requeue(change::ChangeArgs),
    /// Cancel jobs: waiting ones end at once, running ones are asked to stop.
    Cancel(change::ReasonedArgs),
    /// Give waiting jobs up: they are dead, and can be requeued.
    Discard(change::ReasonedArgs),
    /// Delete jobs with their history, for good.
    Delete(change::ChangeArgs),
}

pub(crate) async fn run(args: JobsArgs) -> Result<ExitCode> {
    let tower = args.database.tower().await?;
    let console = database::of(&tower);
    match args.deed {
        Deed::List(args) => list::run(&console, args).await.map(|()| ExitCode::SUCCESS),
        Deed::Show(args) => show::run(&console, args).await.map(|()| ExitCode::SUCCESS),
        Deed::Tag(args) => tag::run(&tower.client(), args).await.map(|()| ExitCode::SUCCESS),
        Deed::Requeue(args) => change::requeue(&console, args).await,
        Deed::Cancel(args) => change::cancel(&console, args).await,
        Deed::Discard(args) => change::discard(&console, args).await,
        Deed::Delete(args) => change::delete(&console, args).await,
    }
}
