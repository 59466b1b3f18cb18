//! The front page: how the tower is, what is in it, how the last hours went, and what is to blame.

mod asked;
mod first;
mod lists;
mod tiles;
mod troubles;
mod verdict;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use task_tower::{Deploy, Series, Window};

use super::Frame;
use super::charts::{self, Figures, Legend};
use super::frame::render;
use super::queues::{Changed, Switches, WantedUndo};
use super::recurring::{NextLine, next_lines};
use super::window::{self, Choice, Wanted};
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Look, Plot};
use crate::messages::Messages;
use crate::visit::Visit;
pub(crate) use asked::{Asked, Whole};
use lists::{ErrorLine, KindLine, QueueLine, WorkerLine};
use tiles::Cell;
use troubles::Notice;
use verdict::{Fact, Headline};

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    m: Messages,
    changed: Option<Changed>,
    switches: Switches,
    /// From where buttons come back to this page.
    back: &'static str,
    headline: Headline,
    facts: Vec<Fact>,
    troubles: Vec<Notice>,
    more_troubles: Option<String>,
    cells: Vec<Cell>,
    window: String,
    last: String,
    windows: Vec<Choice>,
    charts: Option<Charts>,
    errors: Vec<ErrorLine>,
    unresolved: String,
    queues: Vec<QueueLine>,
    workers: Vec<WorkerLine>,
    alive: String,
    kinds: Vec<KindLine>,
    /// What recurs next.
    next: Vec<NextLine>,
}

struct Charts {
    throughput: Plot,
    legend: Legend,
    wait: Plot,
    wait_figures: Figures,
    run: Plot,
    run_figures: Figures,
}

pub(crate) async fn overview(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
    undo: Result<Query<WantedUndo>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let unreadable = |rejection: QueryRejection| Fault::bad_request(rejection.body_text());
    let (Query(wanted), Query(undo)) = (wanted.map_err(unreadable)?, undo.map_err(unreadable)?);
    let asked = Asked::of(&desk, &visitor, &visit.look, wanted.window()).await?;
    match asked.is_new() {
        true => first::page(&visit, &asked),
        false => {
            let next = next_lines(&desk, &visitor, &visit.look).await?;
            page(&visit, &asked, wanted.window(), Changed::of(&desk, &visitor, &visit, &undo).await, next)
        }
    }
}

fn page(
    visit: &Visit,
    asked: &Asked,
    window: Window,
    changed: Option<Changed>,
    next: Vec<NextLine>,
) -> Result<Html<String>, Fault> {
    let (look, m) = (&visit.look, visit.look.m);
    let alive = m.overview_alive(asked.living().count(), asked.expected().count());
    let unresolved = asked.whole.as_ref().map(|whole| whole.unresolved);
    let (troubles, more_troubles) = troubles::notices(asked, look);
    render(&OverviewPage {
        frame: Frame::new(visit, "overview", m.nav_overview()),
        m,
        changed,
        switches: Switches::of(&asked.queues),
        back: "overview",
        headline: verdict::headline(asked, look),
        facts: verdict::facts(asked, look),
        troubles,
        more_troubles,
        cells: tiles::cells(asked, look),
        window: window::word(m, window),
        last: window::last(m, window),
        windows: window::choices(m, window),
        charts: asked.whole.as_ref().map(|whole| Charts::new(&whole.series, &whole.deploys, look)),
        errors: lists::errors(asked, look),
        unresolved: unresolved.map_or(m.nav_errors(), |number| m.overview_unresolved(number)),
        queues: lists::queues(asked, look),
        workers: lists::workers(asked, look),
        alive,
        kinds: lists::kinds(asked, look),
        next,
    })
}

impl Charts {
    fn new(series: &Series, deploys: &[Deploy], look: &Look) -> Self {
        Self {
            throughput: charts::throughput(look, series, deploys),
            legend: charts::states(look, &series.counts),
            wait: charts::waits(look, series),
            wait_figures: charts::figures(look, series.wait),
            run: charts::runs(look, series),
            run_figures: charts::figures(look, series.run),
        }
    }
}
