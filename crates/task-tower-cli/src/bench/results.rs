//! What was measured, and the table that tells it.

use std::collections::HashMap;

use task_tower_bench::{Series, Workload, table};

use super::subject::Subject;
use super::target::verdicts;

#[derive(Debug, Default)]
pub(super) struct Results {
    series: HashMap<(Workload, Subject), Series>,
}

impl Results {
    pub(super) fn add(&mut self, workload: Workload, subject: Subject, sample: Vec<f64>) {
        self.series.entry((workload, subject)).or_default().add(sample);
    }

    /// Not a number when it was not measured.
    pub(super) fn median(&self, workload: Workload, subject: Subject, figure: usize) -> f64 {
        self.series.get(&(workload, subject)).map_or(f64::NAN, |series| series.median(figure))
    }

    pub(super) fn table(&self, workloads: &[Workload], markdown: bool) -> String {
        let mut rows = vec![head()];
        rows.extend(workloads.iter().map(|workload| self.row(*workload)));
        table(&rows, markdown)
    }

    fn row(&self, workload: Workload) -> Vec<String> {
        let mut row = vec![format!("{workload:?} {}", workload.title()), workload.unit().to_owned()];
        row.extend(
            Subject::ALL.map(|subject| self.series.get(&(workload, subject)).map_or_else(String::new, Series::text)),
        );
        let verdicts = verdicts(workload, self);
        let join = |texts: Vec<String>| texts.join("; ");
        row.push(join(verdicts.iter().map(|verdict| verdict.reached()).collect()));
        row.push(join(verdicts.iter().map(|verdict| verdict.demand()).collect()));
        row.push(join(verdicts.iter().map(|verdict| verdict.word().to_owned()).collect()));
        row
    }
}

fn head() -> Vec<String> {
    let mut head = vec!["workload".to_owned(), "unit".to_owned()];
    head.extend(Subject::ALL.map(|subject| subject.name().to_owned()));
    head.extend(["reached", "must", ""].map(str::to_owned));
    head
}
