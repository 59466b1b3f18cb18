//! Prints what came out of a run.

use std::time::Duration;

use crate::output::{line, note};
use crate::table::Table;

use super::verdict::{Tally, Verdict};

/// More faults than this tell nothing new.
const FAULTS_SHOWN_MAX: usize = 20;

pub(super) fn print(verdict: &Verdict) {
    table(verdict).lines().iter().for_each(line);
    line(format_args!(
        "\nFrom due to running: p50 {}, p95 {}, over {} runs.",
        milliseconds(percentile(&verdict.waits, 50)),
        milliseconds(percentile(&verdict.waits, 95)),
        verdict.waits.len()
    ));
    match verdict.is_good() {
        true => line(format_args!("All {} jobs ran to their expected end.\n", verdict.enqueued)),
        false => print_faults(&verdict.faults),
    }
}

fn print_faults(faults: &[String]) {
    note(format_args!("error: {} things are not as they have to be", faults.len()));
    faults.iter().take(FAULTS_SHOWN_MAX).for_each(|fault| note(format_args!("  {fault}")));
}

fn table(verdict: &Verdict) -> Table {
    let mut table =
        Table::new(&["KIND", ">ENQUEUED", ">RUNS", ">COMPLETED", ">RETRIED", ">DEAD", ">CANCELLED", ">WAITING"]);
    let mut total = Tally::default();
    for (kind, tally) in &verdict.kinds {
        table.row(row(kind, tally));
        total.add(tally);
    }
    table.row(row("all", &total));
    table
}

fn row(name: &str, tally: &Tally) -> Vec<String> {
    let numbers = [tally.jobs, tally.runs, tally.completed, tally.retried, tally.dead, tally.cancelled, tally.waiting];
    [name.to_owned()].into_iter().chain(numbers.map(|number| number.to_string())).collect()
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.jobs += other.jobs;
        self.runs += other.runs;
        self.completed += other.completed;
        self.retried += other.retried;
        self.dead += other.dead;
        self.cancelled += other.cancelled;
        self.waiting += other.waiting;
    }
}

/// Of sorted times, the one that this many of a hundred do not exceed.
fn percentile(times: &[Duration], hundredths: usize) -> Duration {
    let rank = (times.len() * hundredths).div_ceil(100);
    times.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let times: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();

        assert_eq!(percentile(&times, 50), Duration::from_millis(50));
        assert_eq!(percentile(&times, 95), Duration::from_millis(95));
        assert_eq!(percentile(&times[..1], 95), Duration::from_millis(1));
        assert_eq!(percentile(&[], 95), Duration::ZERO);
    }
}
