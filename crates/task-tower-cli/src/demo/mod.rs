//! `task-tower demo`: an online shop at work, on a PostgreSQL of its own, with the dashboard.

mod ledger;
mod producer;
mod schedules;
mod script;
mod shop;
mod summary;
mod verdict;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use clap::Args;
use task_tower::embedded::Cluster;
use task_tower::{Actor, Client, Console, QueuePrioritization, RunningTower, TaskTower};
use tokio::net::TcpListener;

use crate::database::named;
use crate::output::line;
use crate::recorder;
use crate::signals::Signals;
use crate::web;

use ledger::Ledger;
use producer::{Pace, Producer};

const WORKERS: usize = 2;
const SLOTS: usize = 16;
/// A schema of the demo's own, so that a database which somebody names keeps its jobs to itself.
const SCHEMA: &str = "task_tower_demo";
/// How long `--once` enqueues.
const ONCE: Duration = Duration::from_secs(8);

/// Run the jobs of an online shop, and show them on the dashboard.
///
/// Starts a private PostgreSQL from the programs on this machine, makes the tables, runs two workers
/// and a shop that keeps enqueueing, and prints the address of the dashboard. Some jobs are slow,
/// some fail now and then, one cannot succeed: that is meant. Ctrl-C stops everything and leaves
/// nothing behind.
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// The port of the dashboard on 127.0.0.1; 0 takes a free one. Without it, 4700, or a free one
    /// if that is taken.
    #[arg(long)]
    port: Option<u16>,
    /// Run for eight seconds, wait until every job has ended, check each, print a summary; the exit
    /// code is 0 only if every job ran to its expected end.
    #[arg(long)]
    once: bool,
    /// A PostgreSQL to use instead of a private one. The demo keeps to the schema task_tower_demo,
    /// and leaves it there.
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

pub(crate) async fn run(args: DemoArgs) -> Result<ExitCode> {
    let mut signals = Signals::listen()?;
    script::panic_quietly();
    // First, since a port that is taken is told sooner than a server is started.
    let listener = web::listen(if args.once { args.port.or(Some(0)) } else { args.port }).await?;
    let (url, cluster) = tokio::select! {
        database = database(named(args.database_url.as_ref())) => database?,
        () = signals.next() => return Ok(ExitCode::FAILURE),
    };
    let shown = show(&args, &url, listener, &mut signals).await;
    if let Some(cluster) = cluster {
        cluster.stop().await.context("could not stop PostgreSQL")?;
        line("PostgreSQL stopped, nothing is left behind.");
    }
    shown
}

async fn database(url: Option<&str>) -> Result<(String, Option<Cluster>)> {
    if let Some(url) = url {
        line(format_args!("Using the PostgreSQL of --database-url or DATABASE_URL, schema {SCHEMA}."));
        return Ok((url.to_owned(), None));
    }
    let cluster = Cluster::start().await.context("could not start a private PostgreSQL")?;
    line("Started a private PostgreSQL. Its fsync is off: fast, and good for nothing but a demo.");
    Ok((cluster.url().to_owned(), Some(cluster)))
}

async fn show(args: &DemoArgs, url: &str, listener: TcpListener, signals: &mut Signals) -> Result<ExitCode> {
    let pace = if args.once { Pace::ONCE } else { Pace::FOR_WATCHING };
    let ledger = Ledger::new(args.once);
    let metrics = recorder::start()?;
    let tower = tower(url, pace, &ledger).await?;
    let address = listener.local_addr().context("could not tell the dashboard's address")?;
    line(format_args!("\n  Dashboard: http://{address}/\n"));
    let running = (0..WORKERS).map(|_| tower.start()).collect::<Result<Vec<_>, _>>();
    let running = running.context("could not start the workers")?;
    let producer = Producer::new(tower.client(), tower.console(), ledger.clone(), pace);
    let dashboard = web::dashboard(tower.console(), metrics);
    let shown = match args.once {
        true => once(producer, (listener, dashboard), tower.console(), signals).await,
        false => until_stopped(producer, (listener, dashboard), &tower.client(), tower.console(), signals).await,
    };
    stop(running, signals).await;
    shown
}

async fn tower(url: &str, pace: Pace, ledger: &Ledger) -> Result<TaskTower> {
    let builder = TaskTower::builder()
        .connection_string(url)
        .schema_name(SCHEMA)
        .backend_concurrency(SLOTS)
        .queue_prioritization(QueuePrioritization::Weighted)
        .queue_priorities([("critical", 8), ("default", 4), ("images", 2), ("low", 1)])
        .app_version("2026.11.24-3")
        .shutdown_grace(Duration::from_secs(5))
        .state(ledger.clone());
    shop::register(builder, pace).build().await.context("could not open the database")
}

/// Watched by a person: goes on until that person stops it.
async fn until_stopped(
    producer: Producer,
    (listener, dashboard): (TcpListener, Router),
    client: &Client,
    console: Console,
    signals: &mut Signals,
) -> Result<ExitCode> {
    // Something for the person to find: what waits in this queue starts as soon as they resume it.
    let ana = console.acting(Actor::new("ana@shop.example"));
    ana.pause_queue("low", Some("the supplier's feed is broken")).await.context("could not pause a queue")?;
    schedules::set(client, &ana).await?;
    line("The shop is open: its workers run jobs, and customers keep coming. Ctrl-C stops everything.");
    let served = tokio::select! {
        produced = producer.run() => produced,
        served = web::serve_router(listener, dashboard, signals.next()) => served,
    };
    line("\nStopping: running jobs may finish.");
    served.map(|()| ExitCode::SUCCESS)
}

/// Watched by nobody: runs for some seconds, and judges what came out.
async fn once(
    producer: Producer,
    (listener, dashboard): (TcpListener, Router),
    console: Console,
    signals: &mut Signals,
) -> Result<ExitCode> {
    let ledger = producer.ledger();
    let judged = async {
        producer.run_for(ONCE).await?;
        verdict::wait_until_all_ended(&console, &ledger).await?;
        verdict::judge(&console, &ledger).await
    };
    let served = web::serve_router(listener, dashboard, std::future::pending());
    let verdict = tokio::select! {
        verdict = judged => verdict?,
        served = served => return served.map(|()| ExitCode::FAILURE),
        () = signals.next() => anyhow::bail!("could not finish the run: it was interrupted"),
    };
    summary::print(&verdict);
    Ok(if verdict.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Gracefully, unless somebody asks a second time.
async fn stop(running: Vec<RunningTower>, signals: &mut Signals) {
    for worker in running {
        worker.stop_or(signals.next()).await;
    }
}
