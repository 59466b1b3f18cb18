//! One queue: what waits in it, how its runs went, who serves it, and of which kinds its jobs are.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Html;
use task_tower::{Axis, KindShare, QueueActivity, QueueRecord, Series, WorkerRecord};

use super::changed::{Changed, WantedUndo};
use super::rates::{self, Filling, Notice};
use super::{record, strategy};
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Bar, Look, Plot};
use crate::messages::{Markup, Messages};
use crate::pages::Frame;
use crate::pages::charts::{self, Figures, Legend, percent};
use crate::pages::frame::render;
use crate::pages::links;
use crate::pages::window::{self, Choice, Wanted};
use crate::say;
use crate::visit::Visit;

/// As many kinds as are shown.
const KINDS_MAX: usize = 8;

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    frame: Frame,
    m: Messages,
    name: String,
    changed: Option<Changed>,
    /// This page from the root.
    back: String,
    /// The last part of the address, to which the windows are added.
    here: String,
    jobs: String,
    /// What an operation on all that wait in it is asked with.
    waiting: String,
    paused: bool,
    /// After how many seconds it is late.
    late_after: u64,
    note: Markup,
    last: String,
    windows: Vec<Choice>,
    facts: Vec<Fact>,
    filling: Option<Notice>,
    throughput: Plot,
    legend: Legend,
    run: Plot,
    run_figures: Figures,
    wait: Plot,
    wait_figures: Figures,
    workers: Vec<Serving>,
    kinds: Vec<Share>,
}

/// A name, a figure, where it leads, and whether it is too much.
struct Fact {
    name: String,
    figure: String,
    href: Option<String>,
    late: bool,
}

/// A worker that serves the queue.
struct Serving {
    href: String,
    name: String,
    picks: String,
    bar: Bar,
    slots: String,
}

/// A kind with its part of the jobs.
struct Share {
    name: String,
    /// Its jobs in this queue: no worker may know the kind, and then it has no page.
    jobs: String,
    bar: Bar,
    percent: String,
}

/// What the console tells of it.
struct Asked {
    queue: QueueRecord,
    activity: QueueActivity,
    workers: Vec<WorkerRecord>,
    kinds: Vec<KindShare>,
    series: Series,
}

pub(crate) async fn queue(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(name): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    undo: Result<Query<WantedUndo>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let unreadable = |rejection: QueryRejection| Fault::bad_request(rejection.body_text());
    let (Query(wanted), Query(undo)) = (wanted.map_err(unreadable)?, undo.map_err(unreadable)?);
    let asked = Asked::of(&desk, &visitor, &name, &wanted).await?;
    let changed = Changed::of(&desk, &visitor, &visit, &undo).await;
    render(&page(&visit, name, asked, changed))
}

fn page(visit: &Visit, name: String, asked: Asked, changed: Option<Changed>) -> QueuePage {
    let (look, m) = (&visit.look, visit.look.m);
    let Asked { queue, activity, workers, kinds, series } = asked;
    QueuePage {
        frame: Frame::new(visit, "queues", &name).under("queues", m.nav_queues()),
        m,
        changed,
        back: crate::links::queue_page(&name),
        here: links::encoded(&name),
        jobs: crate::links::queue(&name),
        waiting: links::encoded(record::waiting(&name)),
        paused: queue.paused_at.is_some(),
        late_after: queue.late_after.as_secs(),
        note: note(&queue, &workers, look),
        last: window::last(m, series.window),
        windows: window::choices(m, series.window),
        facts: facts(&queue, &activity, look),
        filling: Filling::of(&queue, &activity).map(|filling| filling.notice("../", look)),
        throughput: charts::throughput(look, &series, &[]),
        legend: charts::states(look, &series.counts),
        run: charts::runs(look, &series),
        run_figures: charts::figures(look, series.run),
        wait: charts::waits(look, &series),
        wait_figures: charts::figures(look, series.wait),
        workers: workers.iter().filter(|worker| worker.serves(&name)).map(|one| Serving::new(&name, one, m)).collect(),
        kinds: shares(&name, kinds, look),
        name,
    }
}

impl Asked {
    async fn of(desk: &Desk, visitor: &Visitor, name: &str, wanted: &Wanted) -> Result<Self, Fault> {
        let console = &desk.console;
        let queue = find(desk, visitor, name).await?;
        let mut kinds = console.kinds_of_queue(name).await?;
        kinds.retain(|share| visitor.scope.admits_kind(&share.kind));
        Ok(Self {
            queue,
            activity: console.queue_activity(&[name]).await?.remove(name).unwrap_or_default(),
            workers: desk.workers(visitor).await?,
            kinds,
            series: console.series(&Axis::Queue(name.to_owned()), wanted.window()).await?,
        })
    }
}

async fn find(desk: &Desk, visitor: &Visitor, name: &str) -> Result<QueueRecord, Fault> {
    let missing = || {
        let name = name.to_owned();
        Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_queue(&name))
    };
    // Nothing is called by such a name, and PostgreSQL refuses some of them.
    if !visitor.scope.admits_queue(name) || name.chars().any(char::is_control) {
        return Err(missing());
    }
    let found = desk.console.queue(name).await;
    found.map_err(|error| if error.is_not_found() { missing() } else { error.into() })
}

/// Who paused it, or how it is picked.
fn note(queue: &QueueRecord, workers: &[WorkerRecord], look: &Look) -> Markup {
    let m = look.m;
    let picked = || strategy::of_queue(&queue.name, workers, m).unwrap_or_else(|| m.queues_unserved());
    record::note(queue, look).unwrap_or_else(|| Markup::text(&picked()))
}

fn facts(queue: &QueueRecord, activity: &QueueActivity, look: &Look) -> Vec<Fact> {
    let m = look.m;
    let of_state = |state: &str, word: String, number: u64| Fact {
        name: word,
        figure: say::count(number),
        href: Some(links::jobs(&format!("queue:{} state:{state}", links::quoted(&queue.name)))),
        late: false,
    };
    let figure = |name: String, figure: String| Fact { name, figure, href: None, late: false };
    let (oldest, late) = record::oldest(queue, look);
    vec![
        of_state("enqueued", m.state_enqueued(), queue.enqueued),
        of_state("scheduled", m.state_scheduled(), queue.scheduled),
        of_state("failed", m.state_failed(), queue.failed),
        Fact { late, ..figure(m.queues_column_oldest(), oldest.unwrap_or_else(|| say::NOTHING.to_owned())) },
        figure(m.queue_late_after(), look.span(queue.late_after)),
        figure(m.queue_in(), rates::rate(activity.in_per_minute)),
        figure(m.queue_out(), rates::rate(activity.out_per_minute)),
        figure(m.queues_column_use(), format!("{}/{}", activity.running, activity.slots)),
    ]
}

impl Serving {
    fn new(queue: &str, worker: &WorkerRecord, m: Messages) -> Self {
        let (busy, slots) = (u64::from(worker.busy.unsigned_abs()), u64::from(worker.slots.unsigned_abs()));
        Self {
            href: crate::links::worker(worker.id),
            name: m.workers_named(&worker.host, worker.id),
            picks: strategy::of_worker(queue, worker, m),
            bar: Bar {
                name: m.workers_slots(busy, slots),
                parts: vec![("processing", busy)],
                total: slots,
                width: 88,
                height: 6,
            },
            slots: format!("{busy}/{slots}"),
        }
    }
}

/// Those with the most jobs, as parts of all that one sees.
fn shares(queue: &str, kinds: Vec<KindShare>, look: &Look) -> Vec<Share> {
    let all: u64 = kinds.iter().map(|share| share.jobs).sum();
    kinds.into_iter().take(KINDS_MAX).map(|share| Share::new(queue, share, all, look)).collect()
}

impl Share {
    fn new(queue: &str, share: KindShare, all: u64, look: &Look) -> Self {
        let said = percent(look, share.jobs as f64 / all.max(1) as f64);
        let filter = format!("queue:{} kind:{}", links::quoted(queue), links::quoted(&share.kind));
        Self {
            jobs: links::jobs(&filter),
            bar: Bar { name: said.clone(), parts: vec![("muted", share.jobs)], total: all, width: 88, height: 6 },
            percent: said,
            name: share.kind,
        }
    }
}
