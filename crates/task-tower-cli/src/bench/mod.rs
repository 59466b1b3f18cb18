//! `task-tower bench`: how fast Task Tower is on this machine, against SQL written by hand on the
//! same PostgreSQL in the same run.
//!
//! Contenders take turns, so that whatever else the machine does meets all of them; medians of
//! several rounds are compared. Handlers do nothing, and every job is checked to have run once.

mod guard;
mod results;
mod subject;
mod target;

use std::io::{IsTerminal, Write};

use anyhow::{Context, Result};
use clap::Args;
use task_tower::embedded::Cluster;
use task_tower_bench::{Size, Workload};

use results::Results;
use subject::Subject;

/// Longer than the slowest workload takes on a loaded machine.
const PATIENCE_S: u64 = 180;

/// Measure Task Tower against SQL written by hand.
#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// The PostgreSQL to use, for schemas of its own that are dropped afterwards. Without it, a
    /// private one is started. The environment is not asked: a benchmark on a database that is in
    /// use would hurt.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Smaller sizes: a minute and a half a round, and figures that scatter more.
    #[arg(long)]
    quick: bool,
    /// How often each workload is run.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Only these workloads, such as W3,W5.
    #[arg(long, value_delimiter = ',', value_parser = workload)]
    only: Vec<Workload>,
    /// Only Task Tower, without the floors: to look at it with a profiler.
    #[arg(long)]
    alone: bool,
    /// Write the table as Markdown.
    #[arg(long)]
    markdown: bool,
    /// Fail where Task Tower has become slower against the floors: a minute, with sizes and rounds of its own.
    #[arg(long, conflicts_with_all = ["quick", "rounds", "only", "alone", "markdown"])]
    guard: bool,
}

/// Runs the benchmark and prints its table.
///
/// # Errors
///
/// When the database cannot be reached, and when a job did not run exactly once.
pub(crate) async fn run(args: BenchArgs) -> Result<()> {
    let (url, cluster) = database(args.database_url.clone()).await?;
    let table = table(&args, &url).await;
    if let Some(cluster) = cluster {
        cluster.stop().await?;
    }
    std::io::stdout().write_all(table?.as_bytes())?;
    Ok(())
}

impl BenchArgs {
    fn workloads(&self) -> Vec<Workload> {
        Workload::ALL.into_iter().filter(|workload| self.only.is_empty() || self.only.contains(workload)).collect()
    }

    fn subjects(&self) -> &'static [Subject] {
        if self.alone { &[Subject::Tower] } else { &Subject::ALL }
    }
}

fn workload(text: &str) -> Result<Workload, String> {
    let named = Workload::ALL.into_iter().find(|workload| format!("{workload:?}").eq_ignore_ascii_case(text));
    named.ok_or_else(|| format!("it is none of {:?}", Workload::ALL))
}

async fn table(args: &BenchArgs, url: &str) -> Result<String> {
    match args.guard {
        true => guard::run(url).await,
        false => Ok(measure(args, url).await?.table(&args.workloads(), args.markdown)),
    }
}

/// The database that was named, or a private one with the durability that users have.
async fn database(url: Option<String>) -> Result<(String, Option<Cluster>)> {
    if let Some(url) = url {
        return Ok((url, None));
    }
    let cluster = Cluster::builder().durable(true).setting("shared_buffers", "512MB").start().await?;
    Ok((cluster.url().to_owned(), Some(cluster)))
}

async fn measure(args: &BenchArgs, url: &str) -> Result<Results> {
    let size = Size { patience_s: PATIENCE_S, ..if args.quick { Size::QUICK } else { Size::FULL } };
    let mut results = Results::default();
    for workload in args.workloads() {
        for round in 1..=args.rounds {
            for &subject in args.subjects() {
                progress(&format!("{workload:?} {}, round {round}: {}", workload.title(), subject.name()));
                let sample = subject.measure(url, workload, &size).await;
                results.add(workload, subject, sample.with_context(|| format!("{workload:?}, {}", subject.name()))?);
            }
        }
    }
    progress("");
    Ok(results)
}

/// One line on standard error that the next one overwrites; nothing where nobody watches.
fn progress(text: &str) {
    let mut screen = std::io::stderr();
    if screen.is_terminal() {
        // Nobody reads it, nothing is lost.
        let _ = write!(screen, "\r\x1b[K{text}");
    }
}
