//! `task-tower recurring`: what recurs, and changing it.

mod draft;
mod explain;
mod show;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use task_tower::{Console, RECURRING_MAX, RecurringFilter};

use crate::database::DatabaseArgs;
use crate::output::line;

/// List and change recurring jobs.
#[derive(Args, Debug)]
pub(crate) struct RecurringArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Show all of them, or those with a word in their name, kind or queue.
    List {
        /// A part of the name, the kind or the queue.
        part: Option<String>,
        /// Only those whose latest run failed or is dead.
        #[arg(long)]
        failing: bool,
        /// Only those that are paused.
        #[arg(long)]
        paused: bool,
    },
    /// Show one with its last and its next times.
    Show {
        /// Its name.
        name: String,
    },
    /// Say what an expression means, and when it comes.
    Explain(explain::ExplainArgs),
    /// Add one.
    Add(draft::DraftArgs),
    /// Change one; what is not said stays.
    Change(draft::ChangeArgs),
    /// Remove one. What it has enqueued stays.
    Remove {
        /// Its name.
        name: String,
    },
    /// Leave its times out from now on.
    Pause {
        /// Its name.
        name: String,
        /// Until when, as 2026-12-24T18:00:00Z; until it is resumed when it is not said.
        #[arg(long)]
        until: Option<DateTime<Utc>>,
        /// Why, for those who wonder.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Go on with the first time that comes.
    Resume {
        /// Its name.
        name: String,
    },
    /// Enqueue a job of it now.
    Run {
        /// Its name.
        name: String,
    },
    /// Leave its next time out.
    Skip {
        /// Its name.
        name: String,
        /// Do not leave it out after all.
        #[arg(long)]
        not: bool,
    },
}

pub(crate) async fn run(args: RecurringArgs) -> Result<()> {
    if let Deed::Explain(wanted) = args.deed {
        return explain::explain(&wanted);
    }
    let console = args.database.console().await?;
    match args.deed {
        Deed::List { part, failing, paused } => {
            let filter = RecurringFilter::new().containing(part.as_deref().unwrap_or_default());
            let filter = if failing { filter.failing(true) } else { filter };
            list(&console, if paused { filter.paused(true) } else { filter }).await
        }
        Deed::Show { name } => show::show(&console, &name).await,
        Deed::Add(draft) => draft::add(&console, &draft).await,
        Deed::Change(draft) => draft::change(&console, &draft).await,
        deed => change(&console, deed).await,
    }
}

async fn list(console: &Console, filter: RecurringFilter) -> Result<()> {
    let filter = filter.limit(RECURRING_MAX);
    let mut all = Vec::new();
    loop {
        let behind = all.last().map_or_else(String::new, |last: &task_tower::RecurringRecord| last.name.clone());
        let page = console.recurring_jobs(&filter.clone().after(behind)).await.context("could not list what recurs")?;
        let is_last = page.len() < RECURRING_MAX;
        all.extend(page);
        if is_last {
            break;
        }
    }
    show::table(&all).lines().iter().for_each(line);
    Ok(())
}

async fn change(console: &Console, deed: Deed) -> Result<()> {
    let told = match deed {
        Deed::Remove { name } => {
            console.remove_recurring(&name).await.with_context(|| format!("could not remove {name}"))?;
            format!("{name} is removed")
        }
        Deed::Pause { name, until, reason } => {
            let paused = console.pause_recurring(&name, until, reason.as_deref()).await;
            paused.with_context(|| format!("could not pause {name}"))?;
            format!("{name} is paused")
        }
        Deed::Resume { name } => {
            console.resume_recurring(&name).await.with_context(|| format!("could not resume {name}"))?;
            next(console, &name).await?
        }
        Deed::Run { name } => {
            let id = console.run_recurring_now(&name).await.with_context(|| format!("could not run {name}"))?;
            format!("enqueued job {id}")
        }
        Deed::Skip { name, not } => {
            let skipped = console.skip_next_recurring(&name, !not).await;
            skipped.with_context(|| format!("could not skip a time of {name}"))?;
            let comes = next(console, &name).await?;
            if not { comes } else { format!("{comes}, which is left out") }
        }
        _ => return Ok(()),
    };
    line(told);
    Ok(())
}

async fn next(console: &Console, name: &str) -> Result<String> {
    let found = console.recurring_job(name).await.with_context(|| format!("could not show {name}"))?;
    Ok(format!("{name} comes next {}", show::time(found.recurring.next_at)))
}
