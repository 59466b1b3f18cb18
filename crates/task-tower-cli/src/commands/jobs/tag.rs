//! `task-tower jobs tag`.

use anyhow::{Context, Result};
use clap::Args;
use task_tower::{Client, JobId};

use crate::output::line;

#[derive(Args, Debug)]
pub(super) struct TagArgs {
    /// The job's id.
    id: JobId,
    /// The tags to add: a job has at most 32, each of 1 to 64 bytes, without commas.
    #[arg(required = true)]
    tags: Vec<String>,
}

pub(super) async fn run(client: &Client, args: TagArgs) -> Result<()> {
    client.tag_job(args.id, args.tags).await.with_context(|| format!("could not tag job {}", args.id))?;
    line(format_args!("tagged {}", args.id));
    Ok(())
}
