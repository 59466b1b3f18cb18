//! The latest runs of the kind, with this job among them.

use chrono::TimeDelta;
use task_tower::{JobId, JobRecord, JobState, RunRecord};

use super::life::Life;
use crate::look::{Look, Plot, Strip, Twin};

pub(super) const RUNS_SHOWN: usize = 60;

pub(super) struct Runs {
    pub(super) title: String,
    pub(super) plot: Plot,
    pub(super) p50: String,
    pub(super) p95: String,
    /// The same as a table, newest first.
    pub(super) rows: Vec<Bar>,
}

/// `None` when no job of the kind has run yet.
pub(super) fn runs(job: &JobRecord, life: &Life<'_>, runs: &[RunRecord], root: &str, look: &Look) -> Option<Runs> {
    let mut shown: Vec<Bar> = runs
        .iter()
        .filter(|run| run.id != job.id)
        .map(|run| Bar::new(run.id, run.state, run.took, false, look))
        .collect();
    shown.extend(Bar::this(job, life, look));
    if shown.is_empty() {
        return None;
    }
    // By id, which is by the time of creation; an old job stays at the left end.
    shown.sort_by_key(|bar| bar.id);
    let surplus = shown.len().saturating_sub(RUNS_SHOWN);
    let first = shown.iter().position(|bar| bar.is_this).filter(|place| *place < surplus);
    let kept = first.map(|place| shown.remove(place));
    let mut bars: Vec<Bar> = kept.into_iter().chain(shown.into_iter().skip(surplus)).collect();
    bars.truncate(RUNS_SHOWN);
    Some(drawn(bars, root, look))
}

pub(super) struct Bar {
    pub(super) id: JobId,
    pub(super) word: String,
    pub(super) ran: String,
    class: &'static str,
    took: TimeDelta,
    is_this: bool,
}

impl Bar {
    fn new(id: JobId, state: JobState, took: TimeDelta, is_this: bool, look: &Look) -> Self {
        Self { id, word: look.m.state(state), ran: look.duration(took), class: state.as_str(), took, is_this }
    }

    /// This one may not have ended, and yet has run.
    fn this(job: &JobRecord, life: &Life<'_>, look: &Look) -> Option<Self> {
        let run = life.runs.last()?;
        Some(Self::new(job.id, job.state, run.ended.unwrap_or(look.now) - run.began, true, look))
    }
}

fn drawn(mut bars: Vec<Bar>, root: &str, look: &Look) -> Runs {
    let mut times: Vec<TimeDelta> = bars.iter().map(|bar| bar.took).collect();
    times.sort_unstable();
    let percentile = |share: usize| times.get(times.len() * share / 100).map(|time| look.duration(*time));
    let link = |bar: &Bar| (format!("{root}jobs/{}", bar.id), look.m.job_run_told(&bar.word, &bar.ran));
    let plot = Strip {
        name: look.m.job_runs_of_kind(),
        runs: bars.iter().map(|bar| (bar.class, milliseconds(bar.took))).collect(),
        current: bars.iter().position(|bar| bar.is_this),
        room: RUNS_SHOWN,
        links: bars.iter().map(link).collect(),
        twin: Twin::default(),
    }
    .plot();
    bars.reverse();
    let title = look.m.job_last_runs(bars.len() as u64);
    Runs { title, plot, p50: percentile(50).unwrap_or_default(), p95: percentile(95).unwrap_or_default(), rows: bars }
}

fn milliseconds(time: TimeDelta) -> f64 {
    time.num_microseconds().map_or(f64::MAX, |time| time as f64 / 1_000.0).max(0.0)
}
