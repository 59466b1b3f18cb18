//! The command line program of Task Tower. Each command has a file in `commands`, or a folder of
//! its own where it is more than a page.

mod bench;
mod commands;
mod database;
mod demo;
mod failure;
mod log;
mod output;
mod recorder;
mod signals;
mod table;
mod web;

use std::process::ExitCode;

use clap::Parser;

use commands::Command;

/// Background jobs for Rust on PostgreSQL: see them alive, run the dashboard, steer jobs and queues.
///
/// Begin with `task-tower demo`: it starts a PostgreSQL of its own, runs the jobs of an online shop
/// and prints the address of the dashboard.
#[derive(Debug, Parser)]
#[command(name = "task-tower", version, max_term_width = 100, arg_required_else_help = true)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let program = Program::parse();
    log::start(program.command.log_filter(), program.command.runs_jobs_of_its_own());
    match run(program.command) {
        Ok(code) => code,
        Err(error) => {
            failure::report(&error);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(command: Command) -> anyhow::Result<ExitCode> {
    // Boxed, since the future of the largest command would else lie on the stack of every one.
    Box::pin(command.run()).await
}
