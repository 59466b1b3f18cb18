//! What a contender's program does: one run of one workload, as its order says, in a process of its own, so that its
//! processor time can be told from that of others, and so that it can be ended when it hangs.
//!
//! The order is the first argument, as JSON. On its output stands `begin` when the clock starts, and `end` with the result
//! as JSON when it has stopped; it ends when its input is closed. What went wrong stands in its errors.

use std::io::{Read, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use task_tower_bench::{Bed, Contender, Sample, Size, Workload};

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Who runs it, for programs that hold several contenders.
    pub contender: String,
    /// An empty database, or one in which the same contender ran before.
    pub url: String,
    pub workload: Workload,
    pub size: Size,
    /// How many jobs a worker runs at a time; `None` for the contender's default.
    pub slots: Option<usize>,
    /// How many bytes of text a job carries; `None` for about sixty.
    pub text_bytes: Option<usize>,
    /// Over how many queues the jobs are spread.
    pub queues: u64,
    /// How many worker processes there are beside this one; with none, the worker runs in this one.
    pub processes: usize,
    /// How many finished jobs there are before.
    pub finished: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub sample: Sample,
    /// How many runs of jobs there were.
    pub runs: u64,
}

/// The schema that contenders live in, where they can choose.
pub const SCHEMA: &str = "bench";

impl Order {
    /// The order in the first argument.
    pub fn from_arguments() -> Result<Self> {
        let text = std::env::args().nth(1).context("the order is missing: this program is run by bin/bench")?;
        Ok(serde_json::from_str(&text)?)
    }

    pub fn bed(&self) -> Bed {
        let mut bed = Bed::new(&self.url, SCHEMA, self.workload.ledger(&self.size));
        bed.slots = self.slots;
        bed.text_bytes = self.text_bytes;
        bed.queues = self.queues;
        bed.clock_starts = || say("begin");
        bed
    }
}

/// Carries out the order of the arguments with the contender that is opened.
pub fn serve<C: Contender>(open: impl AsyncFnOnce(&Bed) -> Result<C>) -> ExitCode {
    match Order::from_arguments().and_then(|order| carry_out(&order, open)) {
        // The contender may have left tasks behind that never end.
        Ok(()) => std::process::exit(0),
        Err(error) => {
            eprintln!("{error:#}");
            std::process::exit(1)
        }
    }
}

/// Carries out an order, and waits until the input is closed.
pub fn carry_out<C: Contender>(order: &Order, open: impl AsyncFnOnce(&Bed) -> Result<C>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let bed = order.bed();
        let contender = open(&bed).await.context("could not begin")?;
        let sample = order.workload.run(&contender, &bed, &order.size).await?;
        let report = Report { sample, runs: bed.ledger.runs() as u64 };
        say(&format!("end {}", serde_json::to_string(&report)?));
        wait_for_the_end()
    })
}

/// Until then the process can be asked how much time it took.
fn wait_for_the_end() -> Result<()> {
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn say(line: &str) {
    // Whoever does not listen any more has given up on this run.
    let _ = writeln!(std::io::stdout(), "{line}");
}
