//! How the tower is: the figures of the front page.

use serde::Serialize;
use task_tower::{Counts, Health, JobState, KindRecord, Tile, Verdict};

use super::answer::{Json, Number, Times, milliseconds};
use super::ask::Asked;
use super::call::Call;
use super::errors::Group;
use super::kinds::{Kind, Wanted};
use super::span::window;
use super::troubles;
use crate::fault::Fault;
use crate::pages::{Overview as Told, OverviewWhole as Whole};

/// As many rows as the page shows.
const ROWS: usize = 5;

/// `None` stands for what is only told of all jobs, for who sees a part of them.
#[derive(Serialize)]
pub(super) struct Overview {
    health: Option<Healthy>,
    /// What is wrong at the moment.
    troubles: Option<Vec<troubles::Told>>,
    states: Vec<State>,
    slots: Slots,
    workers: Workers,
    last_hour: Option<Hour>,
    unresolved_errors: Option<u64>,
    /// The most frequent of the last hour.
    errors: Vec<Group>,
    /// The slowest.
    kinds: Vec<Kind>,
}

#[derive(Serialize)]
struct Healthy {
    verdict: Verdict,
    late: Option<Late>,
    late_queues: usize,
    waiting: u64,
    dead_worker: Option<String>,
    runs: u64,
    failed_runs: u64,
}

#[derive(Serialize)]
struct Late {
    queue: String,
    age_ms: f64,
    waiting: u64,
    slots: u64,
}

#[derive(Serialize)]
struct State {
    state: JobState,
    count: Number,
    spark: Vec<Option<u64>>,
}

#[derive(Serialize)]
struct Slots {
    busy: u64,
    total: u64,
}

#[derive(Serialize)]
struct Workers {
    alive: usize,
    expected: usize,
}

#[derive(Serialize)]
struct Hour {
    counts: Counts,
    success_rate: Option<f64>,
    wait: Option<Times>,
    run: Option<Times>,
}

pub(super) async fn overview(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Overview>, Fault> {
    let window = window(wanted.window.as_deref())?;
    let told = Told::of(&call.desk, &call.visitor, &call.look, window).await?;
    let (busy, total) = told.slots();
    let workers = Workers { alive: told.living().count(), expected: told.expected().count() };
    let errors = told.errors.into_iter().take(ROWS).map(Group::from);
    let troubles = told.whole.as_ref().map(|whole| whole.troubles.iter().cloned());
    let troubles = troubles.map(|troubles| troubles.filter_map(troubles::Told::of).collect());
    Ok(Json(Overview {
        unresolved_errors: told.whole.as_ref().map(|whole| whole.unresolved),
        last_hour: told.whole.as_ref().map(Hour::of),
        troubles,
        health: told.whole.map(|whole| Healthy::of(whole.health)),
        states: told.tiles.into_iter().map(State::from).collect(),
        slots: Slots { busy, total },
        workers,
        errors: errors.collect(),
        kinds: slowest(told.kinds),
    }))
}

fn slowest(mut kinds: Vec<KindRecord>) -> Vec<Kind> {
    kinds.retain(|kind| kind.run.is_some());
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.run.map(|run| run.p95)));
    kinds.into_iter().take(ROWS).map(Kind::from).collect()
}

impl Hour {
    fn of(whole: &Whole) -> Self {
        let hour = &whole.hour;
        Self {
            counts: hour.counts,
            success_rate: hour.counts.success_rate(),
            wait: hour.wait.map(Times::from),
            run: hour.run.map(Times::from),
        }
    }
}

impl Healthy {
    fn of(health: Health) -> Self {
        let late = health.late.map(|late| Late {
            queue: late.name,
            age_ms: milliseconds(late.age),
            waiting: late.waiting,
            slots: late.slots,
        });
        Self {
            verdict: health.verdict,
            late,
            late_queues: health.late_queues,
            waiting: health.waiting,
            dead_worker: health.dead_worker.map(|worker| worker.id.to_string()),
            runs: health.runs,
            failed_runs: health.failed_runs,
        }
    }
}

impl From<Tile> for State {
    fn from(tile: Tile) -> Self {
        Self { state: tile.state, count: tile.count.into(), spark: tile.spark }
    }
}
