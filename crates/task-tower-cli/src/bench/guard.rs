//! A guard against getting slower that CI can afford: a minute of a few workloads, of which the share of the floor must hold,
//! not a figure.
//!
//! A busy machine only ever makes a run slower, so the best run of each side counts, and whoever falls short gets more rounds. What
//! still falls short then has become slower.

use anyhow::{Context, Result, bail};

use task_tower_bench::{Size, Workload, number, table};

use super::subject::Subject;

/// So much that a run does not scatter, and no more.
const SIZE: Size = Size { drained: 40_000, load_s: 3, patience_s: 60, ..Size::QUICK };

/// Each workload has so many rounds at least.
const ROUNDS_MIN: usize = 3;
/// And so many when its share is too small.
const ROUNDS_MAX: usize = 8;
/// How much of the usual share has to be left. Two runs differ by a twentieth; other machines, whose disks and processors stand
/// in another relation, by more. Where half is lost, 0.5 of it are left.
const LEFT: f64 = 0.7;

/// What Task Tower usually reaches.
///
/// Shares are of the best of three rounds with the sizes of the guard, on two cores that server, worker and benchmark share; the medians
/// of full sizes, which are published, are others. When a change makes something faster, raise what is usual.
#[derive(Clone, Copy, Debug)]
struct Usual {
    workload: Workload,
    floor: Subject,
    share: f64,
}

const USUAL: [Usual; 4] = [
    Usual { workload: Workload::W1, floor: Subject::MINIMAL, share: 0.59 },
    Usual { workload: Workload::W1c, floor: Subject::MINIMAL, share: 1.30 },
    Usual { workload: Workload::W3, floor: Subject::FULL, share: 0.57 },
    Usual { workload: Workload::W5, floor: Subject::MINIMAL, share: 0.85 },
];

/// What a workload has come to so far: the rates of both.
#[derive(Debug)]
struct Standing {
    usual: Usual,
    ours: Vec<f64>,
    floor: Vec<f64>,
}

impl Standing {
    fn new(usual: Usual) -> Self {
        Self { usual, ours: Vec::new(), floor: Vec::new() }
    }

    async fn measure(&mut self, url: &str) -> Result<()> {
        let workload = self.usual.workload;
        let rate = async |subject: Subject| {
            let sample = subject.measure(url, workload, &SIZE).await;
            let figures = sample.with_context(|| format!("{workload:?}, {}", subject.name()))?;
            figures.first().copied().context("a workload without a figure")
        };
        self.ours.push(rate(Subject::Tower).await?);
        self.floor.push(rate(self.usual.floor).await?);
        Ok(())
    }

    /// Best against best.
    fn share(&self) -> f64 {
        best(&self.ours) / best(&self.floor)
    }

    fn least(&self) -> f64 {
        self.usual.share * LEFT
    }

    fn holds(&self) -> bool {
        self.share() >= self.least()
    }

    fn wants_more(&self) -> bool {
        let rounds = self.ours.len();
        rounds < ROUNDS_MIN || (!self.holds() && rounds < ROUNDS_MAX)
    }

    fn row(&self) -> Vec<String> {
        let workload = self.usual.workload;
        vec![
            format!("{workload:?} {}", workload.title()),
            number(best(&self.ours)),
            format!("{} {}", number(best(&self.floor)), self.usual.floor.name()),
            format!("{:.2}", self.share()),
            format!("{:.2}", self.usual.share),
            format!("{:.2}", self.least()),
            if self.holds() { "ok" } else { "slower" }.to_owned(),
        ]
    }
}

fn best(rates: &[f64]) -> f64 {
    rates.iter().copied().fold(f64::NAN, f64::max)
}

/// Runs the guard and returns its table.
///
/// # Errors
///
/// When a share is too small, with the table.
pub(super) async fn run(url: &str) -> Result<String> {
    let mut standings = USUAL.map(Standing::new);
    while standings.iter().any(Standing::wants_more) {
        for standing in standings.iter_mut().filter(|standing| standing.wants_more()) {
            standing.measure(url).await?;
        }
    }
    judge(&standings)
}

fn judge(standings: &[Standing]) -> Result<String> {
    let head = ["workload", "jobs/s", "floor", "share", "usual", "least", ""].map(str::to_owned).to_vec();
    let rows: Vec<_> = [head].into_iter().chain(standings.iter().map(Standing::row)).collect();
    let table = table(&rows, false);
    match standings.iter().all(Standing::holds) {
        true => Ok(table),
        false => bail!("slower than usual against the floor of this machine:\n\n{table}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workload that usually reaches as much as the floor, with these rates of ours, against a floor of 100.
    fn standing(rates: &[f64]) -> Standing {
        let usual = Usual { share: 1.0, ..USUAL[0] };
        Standing { usual, ours: rates.to_vec(), floor: vec![100.0; rates.len()] }
    }

    #[test]
    fn a_loss_of_a_third_is_noticed() {
        let slowed = standing(&[66.0, 64.0, 67.0]);

        let error = judge(&[standing(&[100.0, 98.0, 99.0]), slowed]).unwrap_err();

        assert!(error.to_string().contains("slower"), "{error}");
    }

    #[test]
    fn one_good_round_on_a_busy_machine_is_enough() {
        assert!(judge(&[standing(&[41.0, 55.0, 92.0])]).is_ok());
    }

    #[test]
    fn who_falls_short_gets_more_rounds_and_no_end_of_them() {
        assert!(standing(&[100.0, 100.0]).wants_more());
        assert!(!standing(&[100.0, 100.0, 100.0]).wants_more());
        assert!(standing(&[60.0, 60.0, 60.0]).wants_more());
        assert!(!standing(&[60.0; ROUNDS_MAX]).wants_more());
    }

    #[test]
    fn what_is_usual_is_known_of_each() {
        assert!(USUAL.iter().all(|usual| usual.share > 0.0));
    }
}
