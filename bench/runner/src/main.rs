//! Task Tower, SQL written by hand, and other queues, one after the other on the same private PostgreSQL. `bin/bench` builds
//! and runs this.
//!
//! A run is a process with a database of its own; a contender that hangs or fails is ended, and told of, and the others go
//! on. Only what goes wrong with Task Tower itself or with the floors makes the whole fail.

mod contenders;
mod machine;
mod plan;
mod plot;
mod readme;
mod report;
mod results;
mod run;
mod usage;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use contenders::{ALL, Contender, Kind};
use futures_util::future::join_all;
use machine::{SERVER_SETTINGS, Setting};
use plan::{Cell, Topic, cells, topics};
use results::Results;
use run::{Arena, Outcome};
use task_tower::embedded::Cluster;
use task_tower_bench::{Size, Workload, connect};
use tokio::signal::unix::{SignalKind, signal};

/// Measure Task Tower against SQL written by hand and against other queues.
#[derive(Parser, Debug)]
#[command(name = "bin/bench")]
struct Args {
    /// Smaller sizes and one round: about ten minutes for all, and figures that scatter more.
    #[arg(long)]
    quick: bool,
    /// Sizes that only show that all of this works.
    #[arg(long, hide = true)]
    tiny: bool,
    /// How often each workload is run; 3 by default, 1 with --quick.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: Option<u32>,
    /// Only these, of W1, W1c, W2 to W11, such as W3,W5.
    #[arg(long, value_delimiter = ',', value_parser = Topic::parse)]
    only: Vec<Topic>,
    /// Only these contenders, such as tower,raw,river.
    #[arg(long, value_delimiter = ',', value_parser = contender)]
    contenders: Vec<&'static Contender>,
    /// Only Task Tower and the SQL written by hand.
    #[arg(long)]
    no_rivals: bool,
    /// Where results.md and plot.svg are written.
    #[arg(long, value_name = "FOLDER", default_value = "docs/benchmarks")]
    output: PathBuf,
    /// Also put the results in short into this README, between the two comments that it has for them.
    #[arg(long, value_name = "FILE")]
    readme: Option<PathBuf>,
    /// Print the packages that have to be built for these options, and `npm` for Node.
    #[arg(long, hide = true)]
    packages: bool,
}

fn contender(text: &str) -> Result<&'static Contender, String> {
    let keys = || ALL.iter().map(|contender| contender.key).collect::<Vec<_>>().join(", ");
    Contender::find(text).ok_or_else(|| format!("it is none of {}", keys()))
}

impl Args {
    fn topics(&self) -> Vec<Topic> {
        if self.only.is_empty() { topics() } else { self.only.clone() }
    }

    fn chosen(&self) -> Vec<&'static Contender> {
        let named = |contender: &Contender| {
            self.contenders.is_empty() || self.contenders.iter().any(|named| named.key == contender.key)
        };
        ALL.iter().filter(|contender| named(contender) && !(self.no_rivals && contender.is_rival())).collect()
    }

    fn size(&self) -> Size {
        match (self.tiny, self.quick) {
            (true, _) => Size::TINY,
            (false, true) => Size::QUICK,
            (false, false) => Size::FULL,
        }
    }

    /// Finished jobs of W9.
    fn finished(&self) -> u64 {
        match (self.tiny, self.quick) {
            (true, _) => 1_000,
            (false, true) => 1_000_000,
            (false, false) => 10_000_000,
        }
    }

    fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick || self.tiny { 1 } else { 3 })
    }

    fn is_quick(&self) -> bool {
        self.quick || self.tiny
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    bench(&Args::parse()).await.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

async fn bench(args: &Args) -> Result<ExitCode> {
    if args.packages {
        print_packages(args);
        return Ok(ExitCode::SUCCESS);
    }
    let arena = Arena {
        cluster: start_server().await?,
        size: args.size(),
        finished: args.finished(),
        programs: programs()?,
        home: Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
    };
    let mut setting = setting(&arena, args).await?;
    let mut results = Results::default();
    let measured = tokio::select! {
        measured = measure(&arena, args, &mut results) => measured,
        () = told_to_stop() => {
            setting.whole = false;
            Ok(())
        }
    };
    arena.cluster.stop().await?;
    measured?;
    if results.contenders().is_empty() {
        bail!("stopped before anything was measured");
    }
    write(&args.output, &results, &setting)?;
    if let Some(path) = &args.readme {
        let text = std::fs::read_to_string(path)?;
        std::fs::write(path, readme::replace(&text, &readme::block(&results, &setting))?)?;
    }
    judge(&results)
}

fn print_packages(args: &Args) {
    let chosen = args.chosen();
    let packages: BTreeSet<String> = chosen.iter().filter_map(|contender| contender.package()).collect();
    packages.iter().for_each(|package| println!("{package}"));
    if chosen.iter().any(|contender| matches!(contender.kind, Kind::Npm(_))) {
        println!("npm");
    }
}

async fn start_server() -> Result<Cluster> {
    let mut builder = Cluster::builder().durable(true);
    for (name, value) in SERVER_SETTINGS {
        builder = builder.setting(name, value);
    }
    Ok(builder.start().await?)
}

/// The programs of the contenders are built beside this one.
fn programs() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    Ok(this.parent().context("a program stands in a folder")?.to_owned())
}

async fn told_to_stop() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => (),
        _ = terminate.recv() => (),
    }
}

async fn setting(arena: &Arena, args: &Args) -> Result<Setting> {
    let client = connect(arena.cluster.url()).await?;
    Setting::read(&client, args.rounds(), args.is_quick(), args.finished()).await
}

async fn measure(arena: &Arena, args: &Args, results: &mut Results) -> Result<()> {
    for cell in cells(&args.topics()) {
        let chosen = args.chosen();
        let here: Vec<&Contender> = chosen.into_iter().filter(|contender| cell.is_for(contender)).collect();
        for round in 1..=args.rounds() {
            match cell.workload {
                Workload::W7 => side_by_side(arena, cell, round, &here, results).await?,
                _ => in_turn(arena, cell, round, &here, results).await?,
            }
        }
    }
    Ok(())
}

async fn in_turn(arena: &Arena, cell: Cell, round: u32, here: &[&Contender], results: &mut Results) -> Result<()> {
    for contender in here {
        if !results.is_settled(cell, contender) {
            let outcome = arena.run(contender, cell).await?;
            note(cell, round, contender, outcome, results);
        }
    }
    Ok(())
}

/// Idle workers hardly disturb each other, and most of the time of W7 is waiting.
async fn side_by_side(arena: &Arena, cell: Cell, round: u32, here: &[&Contender], results: &mut Results) -> Result<()> {
    let outcomes = join_all(here.iter().map(|contender| arena.run(contender, cell))).await;
    for (contender, outcome) in here.iter().zip(outcomes) {
        note(cell, round, contender, outcome?, results);
    }
    Ok(())
}

fn note(cell: Cell, round: u32, contender: &Contender, outcome: Result<Outcome>, results: &mut Results) {
    let text = match outcome {
        Ok(outcome) => {
            results.add(cell, contender, &outcome);
            let figures = outcome.report.sample.figures.iter().map(|figure| task_tower_bench::number(*figure));
            format!("{}{}", if outcome.report.sample.cut { "~" } else { "" }, figures.collect::<Vec<_>>().join(" / "))
        }
        Err(error) => {
            results.fail(cell, contender, format!("{error:#}"));
            format!("failed: {error:#}")
        }
    };
    eprintln!("{}, round {round}: {}: {text}", cell.title(), contender.name);
}

fn write(folder: &Path, results: &Results, setting: &Setting) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("results.md"), report::page(results, setting))?;
    std::fs::write(folder.join("plot.svg"), plot::svg(results))?;
    print!("{}", report::rates(results));
    eprintln!("Written: {}/results.md and plot.svg", folder.display());
    Ok(())
}

/// Others may fail: that is told, and no reason to doubt the rest.
fn judge(results: &Results) -> Result<ExitCode> {
    let ours = results.failures().into_iter().find(|(_, contender, _)| !contender.is_rival());
    match ours {
        Some((cell, contender, reason)) => bail!("{}, {}: {reason}", contender.name, cell.title()),
        None => Ok(ExitCode::SUCCESS),
    }
}
