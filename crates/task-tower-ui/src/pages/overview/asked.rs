//! What the console tells of everything, as far as the visitor may see it.

use task_tower::{
    Axis, Count, Deploy, ErrorGroup, Health, JobState, KindRecord, QueueRecord, Series, Tile, Trouble, Window,
    WorkerRecord,
};

use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::Look;

pub(crate) struct Asked {
    pub(crate) tiles: Vec<Tile>,
    pub(crate) queues: Vec<QueueRecord>,
    pub(crate) workers: Vec<WorkerRecord>,
    pub(crate) kinds: Vec<KindRecord>,
    /// Those of the last hour, the most frequent first.
    pub(crate) errors: Vec<ErrorGroup>,
    /// What is told of all jobs; nothing for who sees a part of them.
    pub(crate) whole: Option<Whole>,
}

pub(crate) struct Whole {
    pub(crate) health: Health,
    pub(crate) troubles: Vec<Trouble>,
    /// The last hour.
    pub(crate) hour: Series,
    /// The time that was asked for.
    pub(crate) series: Series,
    /// What came within that time.
    pub(crate) deploys: Vec<Deploy>,
    pub(crate) unresolved: u64,
}

impl Asked {
    pub(crate) async fn of(desk: &Desk, visitor: &Visitor, look: &Look, window: Window) -> Result<Self, Fault> {
        let (console, scope) = (&desk.console, &visitor.scope);
        let (mut queues, mut kinds) = (console.queues().await?, console.kinds(window).await?);
        queues.retain(|queue| scope.admits_queue(&queue.name));
        kinds.retain(|kind| scope.admits_kind(&kind.name));
        let page = desk.errors_of_the_hour(visitor).await?;
        let whole = match scope.is_all() {
            true => Some(Whole::of(desk, window, page.unresolved).await?),
            false => None,
        };
        let tiles = tiles(desk, visitor, look).await?;
        Ok(Self { tiles, queues, workers: desk.workers(visitor).await?, kinds, errors: page.groups, whole })
    }

    /// Whether no job was ever here.
    pub(crate) fn is_new(&self) -> bool {
        self.whole.is_some() && self.queues.is_empty() && self.tiles.iter().all(|tile| tile.count.number() == 0)
    }

    /// Workers that live, and those that fell silent: those that should be there.
    pub(crate) fn expected(&self) -> impl Iterator<Item = &WorkerRecord> {
        self.workers.iter().filter(|worker| worker.ended_at.is_none() || is_silent(worker))
    }

    pub(crate) fn living(&self) -> impl Iterator<Item = &WorkerRecord> {
        self.workers.iter().filter(|worker| worker.ended_at.is_none())
    }

    /// How many slots are in use, and how many there are.
    pub(crate) fn slots(&self) -> (u64, u64) {
        let sum = |number: fn(&WorkerRecord) -> i32| {
            self.living().map(|worker| u64::from(number(worker).unsigned_abs())).sum::<u64>()
        };
        (sum(|worker| worker.busy), sum(|worker| worker.slots))
    }
}

impl Whole {
    async fn of(desk: &Desk, window: Window, unresolved: u64) -> Result<Self, Fault> {
        let console = &desk.console;
        let series = console.series(&Axis::All, window).await?;
        let deploys = match series.points.first() {
            Some(first) => console.deploys(first.at).await?,
            None => Vec::new(),
        };
        let hour = console.series(&Axis::All, Window::Hour).await?;
        let (health, troubles) = (console.health().await?, console.troubles().await?);
        Ok(Self { health, troubles, hour, series, deploys, unresolved })
    }
}

fn is_silent(worker: &WorkerRecord) -> bool {
    worker.ended_how.as_deref() == Some("silent")
}

/// Who sees a part of the jobs sees how many of those there are, without their course.
async fn tiles(desk: &Desk, visitor: &Visitor, look: &Look) -> Result<Vec<Tile>, Fault> {
    let mut tiles = desk.console.tiles().await?;
    if visitor.scope.is_all() {
        return Ok(tiles);
    }
    let counts = desk.console.counts(&desk.filter("", visitor, look)?).await?;
    for tile in &mut tiles {
        tile.count = count(&counts, tile.state);
        tile.spark.clear();
    }
    Ok(tiles)
}

fn count(counts: &std::collections::BTreeMap<JobState, Count>, state: JobState) -> Count {
    counts.get(&state).copied().unwrap_or(Count::Exact(0))
}
