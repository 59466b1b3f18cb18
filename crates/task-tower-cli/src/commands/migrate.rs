//! `task-tower migrate`: brings the tables to a version.

use anyhow::{Context, Result};
use clap::Args;
use task_tower::SCHEMA_VERSION;

use crate::database::DatabaseArgs;
use crate::output::line;

/// Bring the tables of a schema to the version of this program, or to another one.
///
/// Workers do this by themselves when they start, unless told not to. Any number of processes may do
/// it at once. Going down loses what the later versions stored; version 0 removes every table, and
/// all jobs with them.
#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// The version to go to, up or down.
    #[arg(long, value_name = "VERSION", default_value_t = SCHEMA_VERSION)]
    to: i32,
}

pub(crate) async fn run(args: MigrateArgs) -> Result<()> {
    let found = args.database.builder().migrate_to(args.to).await.context("could not migrate")?;
    let schema = args.database.schema();
    match found == args.to {
        true => line(format_args!("schema {schema}: is at version {found} already")),
        false => line(format_args!("schema {schema}: from version {found} to version {}", args.to)),
    }
    Ok(())
}
