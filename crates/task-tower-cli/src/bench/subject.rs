//! Who is measured, and one run of it: a fresh schema before, nothing left behind after.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};
use task_tower_bench::{Bed, Flavor, Floor, Sample, Size, Tower, Workload, connect};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Tower,
    Floor(Flavor),
}

impl Subject {
    pub(super) const FULL: Self = Self::Floor(Flavor::Full);
    pub(super) const MINIMAL: Self = Self::Floor(Flavor::Minimal);
    /// In the order in which they take turns.
    pub(super) const ALL: [Self; 3] = [Self::Tower, Self::FULL, Self::MINIMAL];

    pub(super) fn name(self) -> &'static str {
        match self {
            Subject::Tower => "Task Tower",
            Subject::Floor(Flavor::Full) => "raw SQL",
            Subject::Floor(Flavor::Minimal) => "raw SQL, minimal",
        }
    }

    pub(super) async fn measure(self, url: &str, workload: Workload, size: &Size) -> Result<Vec<f64>> {
        let bed = bed(url, workload, size);
        let admin = connect(url).await?;
        // What earlier runs wrote is on disk before this one begins.
        admin.batch_execute("CHECKPOINT").await?;
        let sample = self.run(&bed, workload, size).await;
        admin.batch_execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", bed.schema)).await?;
        match sample? {
            Sample { cut: true, .. } => bail!("only {} jobs ran within {} s", bed.ledger.runs(), size.patience_s),
            whole => Ok(whole.figures),
        }
    }

    async fn run(self, bed: &Bed, workload: Workload, size: &Size) -> Result<Sample> {
        match self {
            Subject::Tower => workload.run(&Tower::open(bed).await?, bed, size).await,
            Subject::Floor(flavor) => workload.run(&Floor::open(bed, flavor).await?, bed, size).await,
        }
    }
}

fn bed(url: &str, workload: Workload, size: &Size) -> Bed {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("task_tower_bench_{}_{number}", std::process::id());
    let mut bed = Bed::new(url, &schema, workload.ledger(size));
    bed.slots = workload.slots();
    bed
}
