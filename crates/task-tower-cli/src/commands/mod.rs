//! The commands: which there are, and who does them.

mod batches;
mod doctor;
mod jobs;
mod migrate;
mod postgres;
mod queues;
mod recurring;
mod serve;
mod steps;
mod workers;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::{bench, demo};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::DemoArgs),
    Serve(serve::ServeArgs),
    Migrate(migrate::MigrateArgs),
    Jobs(jobs::JobsArgs),
    Queues(queues::QueuesArgs),
    Recurring(Box<recurring::RecurringArgs>),
    Batches(batches::BatchesArgs),
    Workers(workers::WorkersArgs),
    Doctor(doctor::DoctorArgs),
    Postgres(postgres::PostgresArgs),
    Bench(bench::BenchArgs),
}

impl Command {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        match self {
            Command::Demo(args) => demo::run(args).await,
            Command::Serve(args) => done(serve::run(args).await),
            Command::Migrate(args) => done(migrate::run(args).await),
            Command::Jobs(args) => jobs::run(args).await,
            Command::Queues(args) => done(queues::run(args).await),
            Command::Recurring(args) => done(recurring::run(*args).await),
            Command::Batches(args) => done(batches::run(args).await),
            Command::Workers(args) => done(workers::run(args).await),
            Command::Doctor(args) => doctor::run(args).await,
            Command::Postgres(args) => postgres::run(args).await,
            Command::Bench(args) => done(bench::run(args).await),
        }
    }

    /// What is logged when `RUST_LOG` says nothing. The jobs of the demo fail on purpose; a command
    /// that ends at once tells its failure itself.
    /// The benchmark has some as well, but measures what everybody pays.
    pub(crate) fn runs_jobs_of_its_own(&self) -> bool {
        matches!(self, Command::Demo(_))
    }

    pub(crate) fn log_filter(&self) -> &'static str {
        match self {
            Command::Demo(_) => "error,task_tower::worker::judge=off",
            Command::Serve(_) => "warn",
            _ => "error",
        }
    }
}

fn done(result: Result<()>) -> Result<ExitCode> {
    result.map(|()| ExitCode::SUCCESS)
}
