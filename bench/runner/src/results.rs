//! What was measured: the rounds of each contender in each cell, and what follows from them.

use std::collections::HashMap;

use task_tower_bench::{Series, Workload, number};

use crate::contenders::{ALL, Contender};
use crate::plan::{Cell, Condition};
use crate::run::Outcome;

/// All of it.
#[derive(Debug, Default)]
pub struct Results {
    entries: HashMap<(Cell, &'static str), Entry>,
}

/// The rounds of a contender in a cell.
#[derive(Debug, Default)]
pub struct Entry {
    pub series: Series,
    /// CPU, WAL and connections, as `Usage::figures` has them.
    pub usage: Series,
    /// It had not done all when the patience ended.
    pub cut: bool,
    /// Why there is nothing, or not more.
    pub failure: Option<String>,
}

impl Results {
    pub fn add(&mut self, cell: Cell, contender: &Contender, outcome: &Outcome) {
        let entry = self.entry(cell, contender);
        entry.cut |= outcome.report.sample.cut;
        entry.series.add(outcome.report.sample.figures.clone());
        entry.usage.add(outcome.usage.figures());
    }

    pub fn fail(&mut self, cell: Cell, contender: &Contender, reason: String) {
        self.entry(cell, contender).failure = Some(reason);
    }

    fn entry(&mut self, cell: Cell, contender: &Contender) -> &mut Entry {
        self.entries.entry((cell, contender.key)).or_default()
    }

    pub fn get(&self, cell: Cell, contender: &Contender) -> Option<&Entry> {
        self.entries.get(&(cell, contender.key))
    }

    /// Whether another round would only take time: it failed, or it was cut off.
    pub fn is_settled(&self, cell: Cell, contender: &Contender) -> bool {
        self.get(cell, contender).is_some_and(|entry| entry.cut || entry.failure.is_some())
    }

    /// The cells that were measured, in the order of the plan.
    pub fn has(&self, cell: Cell) -> bool {
        self.entries.keys().any(|(measured, _)| *measured == cell)
    }

    /// Those who took part, in their order.
    pub fn contenders(&self) -> Vec<&'static Contender> {
        ALL.iter().filter(|contender| self.entries.keys().any(|(_, key)| *key == contender.key)).collect()
    }

    /// Not a number when it was not measured.
    pub fn median(&self, cell: Cell, contender: &Contender, figure: usize) -> f64 {
        self.get(cell, contender).map_or(f64::NAN, |entry| entry.series.median(figure))
    }

    /// The rival that did best in a plain workload, by its first figure.
    pub fn best_rival(&self, workload: Workload) -> Option<(&'static Contender, f64)> {
        let cell = Cell { workload, condition: Condition::Plain };
        let rivals = ALL.iter().filter(|contender| contender.is_rival());
        let figures = rivals.map(|rival| (rival, self.median(cell, rival, 0))).filter(|(_, figure)| !figure.is_nan());
        match smaller_is_better(workload) {
            true => figures.min_by(|a, b| a.1.total_cmp(&b.1)),
            false => figures.max_by(|a, b| a.1.total_cmp(&b.1)),
        }
    }

    /// Everything that went wrong, with who and where.
    pub fn failures(&self) -> Vec<(Cell, &'static Contender, &str)> {
        let mut failures: Vec<_> = self
            .entries
            .iter()
            .filter_map(|((cell, key), entry)| Some((*cell, Contender::find(key)?, entry.failure.as_deref()?)))
            .collect();
        failures.sort_by_key(|(cell, contender, _)| (*cell, contender.key));
        failures
    }
}

/// Delays and what an idle worker takes; all others are rates.
pub fn smaller_is_better(workload: Workload) -> bool {
    matches!(workload, Workload::W4 | Workload::W7)
}

impl Entry {
    /// Its medians, `~` before a rate of what was done until the patience ended.
    pub fn text(&self, workload: Workload) -> String {
        let count = self.series.figures();
        let medians: Vec<String> = (0..count).map(|figure| number(self.series.median(figure))).collect();
        let text = match (workload, medians.as_slice()) {
            (Workload::W5, [rate, delay]) => format!("{rate} ({delay})"),
            (_, []) => "failed".to_owned(),
            (_, medians) => medians.join(" / "),
        };
        if self.cut { format!("~{text}") } else { text }
    }

    /// Lowest and highest of the first figure.
    pub fn spread(&self) -> String {
        let values = self.series.values(0);
        let least = values.iter().copied().fold(f64::NAN, f64::min);
        let most = values.iter().copied().fold(f64::NAN, f64::max);
        format!("{} – {}", number(least), number(most))
    }
}

#[cfg(test)]
pub mod tests {
    use driver::Report;
    use task_tower_bench::Sample;

    use super::*;
    use crate::usage::Usage;

    pub const DRAIN: Cell = Cell { workload: Workload::W3, condition: Condition::Plain };

    pub fn outcome(figures: &[f64], cut: bool) -> Outcome {
        let usage = Usage { server_cpu_s: 1.0, contender_cpu_s: 2.0, wal_bytes: 3e6, connections: 4, jobs: 10_000 };
        Outcome { report: Report { sample: Sample { figures: figures.to_vec(), cut }, runs: 10_000 }, usage }
    }

    #[test]
    fn the_median_of_the_rounds_counts_and_their_spread_is_kept() {
        let mut results = Results::default();
        for figure in [100.0, 300.0, 200.0] {
            results.add(DRAIN, &ALL[0], &outcome(&[figure], false));
        }

        let entry = results.get(DRAIN, &ALL[0]).unwrap();

        assert_eq!(entry.text(Workload::W3), "200");
        assert_eq!(entry.spread(), "100 – 300");
    }

    #[test]
    fn who_was_cut_off_is_marked_and_not_asked_again() {
        let mut results = Results::default();
        results.add(DRAIN, &ALL[0], &outcome(&[11.0], true));

        assert_eq!(results.get(DRAIN, &ALL[0]).unwrap().text(Workload::W3), "~11.0");
        assert!(results.is_settled(DRAIN, &ALL[0]));
        assert!(!results.is_settled(DRAIN, &ALL[1]));
    }

    #[test]
    fn a_failure_is_told_with_its_place() {
        let mut results = Results::default();
        results.fail(DRAIN, &ALL[1], "job 7 ran more than once".to_owned());

        let failures = results.failures();

        assert_eq!(failures.len(), 1);
        assert_eq!(failures[0].2, "job 7 ran more than once");
        assert_eq!(results.get(DRAIN, &ALL[1]).unwrap().text(Workload::W3), "failed");
    }
}
