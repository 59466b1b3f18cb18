//! One run: a fresh database, a process that carries out an order, a limit on how long it may take, and what it used.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use driver::{Order, Report};
use task_tower::embedded::Cluster;
use task_tower_bench::{Size, connect};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio_postgres::Client;

use crate::contenders::Contender;
use crate::plan::{Cell, Condition};
use crate::usage::{Meter, Usage, connections};

/// How often the connections of a contender are counted.
const COUNT_EVERY: Duration = Duration::from_millis(500);
/// What a contender says about its failure is cut to this.
const ERROR_BYTES: usize = 600;

/// Where everything runs.
pub struct Arena {
    pub cluster: Cluster,
    pub size: Size,
    /// Finished jobs of W9.
    pub finished: u64,
    /// Where the programs of the contenders are.
    pub programs: PathBuf,
    /// The folder `bench`.
    pub home: PathBuf,
}

/// What a run gave.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub report: Report,
    pub usage: Usage,
}

impl Arena {
    /// Runs a contender once. The outer error is ours, the inner one the contender's.
    pub async fn run(&self, contender: &Contender, cell: Cell) -> Result<Result<Outcome>> {
        let database = Database::make(&self.cluster, contender, cell).await?;
        // Not to the database of the run, whose transactions are counted.
        let probe = connect(self.cluster.url()).await?;
        // What earlier runs wrote is on disk before this one begins.
        probe.batch_execute("CHECKPOINT").await?;
        let pin = match cell.condition {
            Condition::Pinned => Some(pin(&database.url).await?),
            _ => None,
        };
        let order = self.order(contender, cell, &database.url);
        let limit = self.limit(cell);
        let outcome = tokio::time::timeout(limit, self.carry_out(contender, &order, &probe, &database.name)).await;
        drop((pin, probe));
        database.drop(&self.cluster).await?;
        Ok(outcome.unwrap_or_else(|_| bail!("it was ended after {} s", limit.as_secs())))
    }

    fn order(&self, contender: &Contender, cell: Cell, url: &str) -> Order {
        Order {
            contender: contender.key.to_owned(),
            url: url.to_owned(),
            workload: cell.workload,
            size: self.size,
            slots: cell.workload.slots(),
            text_bytes: if let Condition::Payload(bytes) = cell.condition { Some(bytes) } else { None },
            queues: if let Condition::Queues(count) = cell.condition { count } else { 1 },
            processes: if let Condition::Processes(count) = cell.condition { count } else { 0 },
            finished: if cell.condition == Condition::History { self.finished } else { 0 },
        }
    }

    /// Longer than anybody takes who does not hang.
    fn limit(&self, cell: Cell) -> Duration {
        let history = if cell.condition == Condition::History { self.finished / 10_000 } else { 0 };
        Duration::from_secs(60 + 2 * self.size.patience_s + self.size.backlog / 2_500 + history)
    }

    async fn carry_out(&self, contender: &Contender, order: &Order, probe: &Client, database: &str) -> Result<Outcome> {
        let (program, arguments) = contender.command(&self.programs, &self.home);
        let mut process = Command::new(&program)
            .args(arguments)
            .arg(serde_json::to_string(order)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("could not run {}", program.display()))?;
        let lines = BufReader::new(process.stdout.take().context("its output is a pipe")?).lines();
        // Read all along: a full pipe would stop it.
        let errors = tokio::spawn(last_words(process.stderr.take().context("its errors are a pipe")?));
        match self.watch(&process, lines, probe, database).await? {
            Some(outcome) => Ok(outcome),
            None => Err(anyhow!("{}", errors.await?)),
        }
    }

    /// Until it says `end`; nothing when it ended without.
    async fn watch(
        &self,
        process: &Child,
        mut lines: Lines<BufReader<ChildStdout>>,
        probe: &Client,
        database: &str,
    ) -> Result<Option<Outcome>> {
        let meter = || Meter::read(probe, self.cluster.process_id(), process.id());
        let mut before = meter().await?;
        let mut most = 0;
        let mut beat = tokio::time::interval(COUNT_EVERY);
        loop {
            tokio::select! {
                line = lines.next_line() => match line?.as_deref().map(|line| line.split_once(' ').unwrap_or((line, ""))) {
                    Some(("begin", _)) => before = meter().await?,
                    Some(("end", report)) => {
                        let report: Report = serde_json::from_str(report)?;
                        let usage = before.until(&meter().await?, most, report.runs);
                        return Ok(Some(Outcome { report, usage }));
                    }
                    Some(_) => {}
                    None => return Ok(None),
                },
                _ = beat.tick() => most = most.max(connections(probe, database).await?),
            }
        }
    }
}

/// The last of what it wrote to its errors.
async fn last_words(mut errors: ChildStderr) -> String {
    let mut bytes = Vec::new();
    // What could be read until then is all there is.
    let _ = errors.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    let start = (text.len().saturating_sub(ERROR_BYTES)..=text.len()).find(|place| text.is_char_boundary(*place));
    match &text[start.unwrap_or(0)..] {
        "" => "it ended without a word".to_owned(),
        words => words.to_owned(),
    }
}

/// A session that sees the database as it is now, for as long as it lives.
async fn pin(url: &str) -> Result<Client> {
    let client = connect(url).await?;
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1").await?;
    Ok(client)
}

/// The database of a run; that of a long history stays for the rounds that follow.
struct Database {
    name: String,
    url: String,
    stays: bool,
}

impl Database {
    async fn make(cluster: &Cluster, contender: &Contender, cell: Cell) -> Result<Self> {
        let stays = cell.condition == Condition::History;
        let name = match cell.condition {
            Condition::History => format!("{}_history", contender.key),
            _ => format!("{}_{:?}", contender.key, cell.workload).to_lowercase(),
        }
        .replace('-', "_");
        let admin = connect(cluster.url()).await?;
        let there = admin.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await?.is_some();
        let url = match there && stays {
            true => beside(cluster.url(), &name),
            false => cluster.create_database(&name).await?,
        };
        Ok(Self { name, url, stays })
    }

    /// Whatever is still connected to it is thrown out.
    async fn drop(self, cluster: &Cluster) -> Result<()> {
        if !self.stays {
            let admin = connect(cluster.url()).await?;
            admin.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await?;
        }
        Ok(())
    }
}

/// The address of another database of the same server.
fn beside(url: &str, name: &str) -> String {
    url.rsplit_once('/').map_or_else(|| name.to_owned(), |(server, _)| format!("{server}/{name}"))
}
