//! `task-tower postgres`: a private PostgreSQL for as long as somebody needs it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};

use anyhow::{Context, Result};
use clap::Args;
use task_tower::embedded::Cluster;
use tokio::process::{Child, Command};

use crate::output::{line, note};
use crate::signals::Signals;

/// Start a private PostgreSQL, and stop it again.
///
/// Without a command, prints its address and holds it until Ctrl-C. With one, runs that with the
/// address in DATABASE_URL and TASK_TOWER_TEST_URL, and ends with its exit code:
/// `task-tower postgres -- cargo test`.
#[derive(Args, Debug)]
pub(crate) struct PostgresArgs {
    /// Keep the data in this directory. Without it, the data is gone at the end.
    #[arg(long, value_name = "PATH")]
    directory: Option<PathBuf>,
    /// Keep what was committed over a crash of the machine, too. It is several times slower.
    #[arg(long)]
    durable: bool,
    /// A parameter of the server, such as max_connections=500.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
    /// The command to run, after `--`.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it is not NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(crate) async fn run(args: PostgresArgs) -> Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let cluster = start(&args).await?;
    let done = match args.command.split_first() {
        Some((program, arguments)) => run_command(program, arguments, cluster.url(), &mut signals).await,
        None => Ok(hold(&cluster, args.durable, &mut signals).await),
    };
    cluster.stop().await.context("could not stop PostgreSQL")?;
    done
}

async fn start(args: &PostgresArgs) -> Result<Cluster> {
    let mut builder = Cluster::builder().durable(args.durable);
    if let Some(directory) = &args.directory {
        builder = builder.directory(directory);
    }
    for (name, value) in &args.settings {
        builder = builder.setting(name, value);
    }
    builder.start().await.context("could not start PostgreSQL")
}

async fn hold(cluster: &Cluster, durable: bool, signals: &mut Signals) -> ExitCode {
    line(cluster.url());
    if !durable {
        note("fsync is off: a crash of the machine loses data. --durable says otherwise.");
    }
    note("Ctrl-C stops it.");
    signals.next().await;
    ExitCode::SUCCESS
}

async fn run_command(program: &OsString, arguments: &[OsString], url: &str, signals: &mut Signals) -> Result<ExitCode> {
    let mut child = Command::new(program)
        .args(arguments)
        .env("DATABASE_URL", url)
        .env("TASK_TOWER_TEST_URL", url)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("could not run {}", program.display()))?;
    tokio::select! {
        status = child.wait() => return code(status.context("could not wait for the command")?),
        () = signals.next() => terminate(&child).await,
    }
    tokio::select! {
        status = child.wait() => code(status.context("could not wait for the command")?),
        // A second signal: no more patience.
        () = signals.next() => Ok(ExitCode::FAILURE),
    }
}

/// Hands the wish to stop on. After Ctrl-C in a terminal the command has heard it already; it hears
/// it twice then.
async fn terminate(child: &Child) {
    let Some(id) = child.id() else { return };
    // A command that has ended in between needs no signal.
    let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
}

/// As shells have it: a command that a signal ended counts as 128 and the signal's number.
fn code(status: ExitStatus) -> Result<ExitCode> {
    use std::os::unix::process::ExitStatusExt;
    let number = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(number).unwrap_or(1)))
}
