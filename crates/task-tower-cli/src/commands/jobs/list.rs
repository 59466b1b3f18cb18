//! `task-tower jobs list`.

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use task_tower::{Console, JobFilter, JobId, JobRecord, JobState, PAGE_MAX, Page};

use crate::output::{line, note};
use crate::table::Table;

#[derive(Args, Debug)]
pub(super) struct ListArgs {
    /// Which jobs, as in `'state:dead,failed kind:send_* args.user.id:42 created:<2h'`.
    #[arg(default_value_t, allow_hyphen_values = true)]
    filter: JobFilter,
    /// Only jobs in these states: scheduled, enqueued, processing, completed, failed, dead, cancelled.
    #[arg(long, value_delimiter = ',')]
    state: Vec<JobState>,
    /// Only jobs of this queue.
    #[arg(long)]
    queue: Option<String>,
    /// Only jobs of this kind.
    #[arg(long)]
    kind: Option<String>,
    /// Only jobs with this tag.
    #[arg(long)]
    tag: Option<String>,
    /// The page after this job.
    #[arg(long, value_name = "ID")]
    after: Option<JobId>,
    /// Search everything, also where no index helps, instead of the newest 100,000 jobs.
    #[arg(long)]
    all: bool,
    /// How many, at most 200.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=PAGE_MAX as i64))]
    limit: u16,
    /// Print JSON: the jobs, and the id that `--after` wants for the next page.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(console: &Console, args: ListArgs) -> Result<()> {
    let page = console.jobs(&args.filter()).await.context("could not list the jobs")?;
    match args.json {
        true => line(json!({ "jobs": page.jobs, "next": page.next, "searched": page.searched })),
        false => print(&page),
    }
    Ok(())
}

impl ListArgs {
    fn filter(&self) -> JobFilter {
        let mut filter = self.filter.clone().states(self.state.iter().copied()).limit(self.limit.into());
        if let Some(queue) = &self.queue {
            filter = filter.queue(queue);
        }
        if let Some(kind) = &self.kind {
            filter = filter.kind(kind);
        }
        if let Some(tag) = &self.tag {
            filter = filter.tag(tag);
        }
        if self.all {
            filter = filter.exhaustive();
        }
        match self.after {
            Some(id) => filter.after(id),
            None => filter,
        }
    }
}

fn print(page: &Page) {
    let mut table = Table::new(&["ID", "STATE", "JOB", "QUEUE", ">ATTEMPTS", "CREATED (UTC)"]);
    page.jobs.iter().for_each(|job| table.row(row(job)));
    table.lines().iter().for_each(line);
    if let Some(rows) = page.searched.rows {
        note(format_args!("Searched the newest {rows} jobs; --all searches everything."));
    }
    if let Some(next) = page.next {
        note(format_args!("There are more: --after {next}"));
    }
}

fn row(job: &JobRecord) -> [String; 6] {
    let attempts = format!("{}/{}", job.attempt, i64::from(job.max_retries) + 1);
    let created = job.created_at.format("%F %T").to_string();
    [job.id.to_string(), job.state.to_string(), job.name().to_owned(), job.queue.clone(), attempts, created]
}
