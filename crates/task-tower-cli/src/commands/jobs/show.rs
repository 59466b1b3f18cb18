//! `task-tower jobs show`.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, to_string_pretty};
use task_tower::{Console, JobId, JobRecord, Transition};

use crate::output::line;

#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// The job's id.
    id: JobId,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(console: &Console, args: ShowArgs) -> Result<()> {
    let job = console.job(args.id).await.with_context(|| format!("could not show job {}", args.id))?;
    match args.json {
        true => line(to_string_pretty(&job).context("could not write JSON")?),
        false => print(&job)?,
    }
    Ok(())
}

fn print(job: &JobRecord) -> Result<()> {
    let facts = [
        ("id", job.id.to_string()),
        ("name", job.display_name.clone().unwrap_or_default()),
        ("kind", job.kind.clone()),
        ("state", job.state.to_string()),
        ("reason", job.reason.clone().unwrap_or_default()),
        ("queue", format!("{}, priority {}", job.queue, job.priority)),
        ("attempts", format!("{}, {} failed, {} retries allowed", job.attempt, job.failures, job.max_retries)),
        ("tags", job.tags.join(", ")),
        ("unique", job.unique_key.clone().unwrap_or_default()),
        ("created", time(job.created_at)),
        ("due", time(job.run_at)),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        line(format_args!("{name:<9} {value}"));
    }
    line(format_args!("\npayload\n{}", json(&job.payload)?));
    if let Some(result) = &job.result {
        line(format_args!("\nresult\n{}", json(result)?));
    }
    line("\nhistory");
    job.history().iter().for_each(step);
    Ok(())
}

fn json(value: &Value) -> Result<String> {
    to_string_pretty(value).context("could not write JSON")
}

fn step(step: &Transition) {
    let attempt = step.attempt.map(|attempt| format!("attempt {attempt}"));
    let error = step.error.as_ref().map(|error| format!("{}: {}", error.kind, error.message));
    let words: Vec<String> = [attempt, step.reason.clone(), error].into_iter().flatten().collect();
    line(format_args!("{}  {:<10}  {}", time(step.at), step.state, words.join(", ")).to_string().trim_end());
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%F %T%.3f UTC").to_string()
}
