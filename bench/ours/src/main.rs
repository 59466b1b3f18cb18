//! Task Tower, and the two floors of hand-written SQL.

mod crowd;
mod history;

use std::process::ExitCode;

use anyhow::{Result, bail};
use driver::{Order, carry_out};
use task_tower_bench::{Flavor, Floor, Tower};

fn main() -> ExitCode {
    // One of several worker processes, which the run itself has started.
    let done = match std::env::args().nth(1).as_deref() {
        Some("worker") => crowd::work(),
        _ => Order::from_arguments().and_then(|order| run(&order)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(order: &Order) -> Result<()> {
    match order.contender.as_str() {
        "tower" if order.processes > 0 => carry_out(order, async |bed| crowd::Crowd::open(bed, order).await),
        "tower" => carry_out(order, async |bed| {
            let tower = Tower::open(bed).await?;
            history::of_the_tower(bed, order.finished).await?;
            Ok(tower)
        }),
        "raw" => carry_out(order, async |bed| {
            let floor = Floor::open(bed, Flavor::Full).await?;
            history::of_the_floor(bed, order.finished).await?;
            Ok(floor)
        }),
        "minimal" => carry_out(order, async |bed| Floor::open(bed, Flavor::Minimal).await),
        other => bail!("nobody here is called {other}"),
    }
}
