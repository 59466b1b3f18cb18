//! `task-tower doctor`: what is wrong, and what to do about it.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use task_tower::{DoctorLimits, Level};

use crate::database::DatabaseArgs;
use crate::output::line;

/// Look how the database, the tables and the workers fare: what is wrong first, each with its remedy.
///
/// It changes nothing and ends within two seconds. It exits with 1 when there is a problem, so that a
/// monitor can call it; warnings alone are none.
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// How much room there is for the database and the server's log, in bytes, which PostgreSQL does not tell: a
    /// warning from 80% of it on, a problem from 95%.
    #[arg(long, value_name = "BYTES")]
    disk_bytes: Option<u64>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: DoctorArgs) -> Result<ExitCode> {
    let console = args.database.console().await?;
    let mut limits = DoctorLimits::default();
    limits.disk_bytes = args.disk_bytes;
    let report = console.doctor_with(&limits).await.context("could not look")?;
    match args.json {
        true => line(serde_json::to_string_pretty(&report).context("could not write JSON")?),
        false => line(report.to_string().trim_end()),
    }
    Ok(ExitCode::from(u8::from(report.count(Level::Problem) > 0)))
}
