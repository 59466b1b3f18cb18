//! The list of kinds, with what their runs were like: page by page, found by name, in several orders.

use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use task_tower::{KindPage, KindRecord, KindSort, Percentiles};

use super::wanted::Wanted;
use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Bar, Look};
use crate::messages::Messages;
use crate::pages::Frame;
use crate::pages::charts::{ended, percent};
use crate::pages::frame::render;
use crate::pages::window::{self, Choice};
use crate::say;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "kinds.html")]
struct KindsPage {
    frame: Frame,
    m: Messages,
    hint: String,
    wanted: Wanted,
    windows: Vec<(String, Choice)>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// How many are shown of how many.
    shown: String,
    prev: Option<String>,
    next: Option<String>,
}

/// The head of a column.
struct Column {
    word: String,
    /// Numbers stand at the end; the runs have a bar beside them.
    class: &'static str,
    span: u8,
    /// The list in the order of this column, and whether it is in it already.
    order: Option<(String, bool)>,
    sort: &'static str,
}

struct Row {
    name: String,
    /// What people call it, if that is not its name.
    called: Option<String>,
    bar: Bar,
    runs: String,
    success: String,
    /// Whether anything failed.
    is_flawed: bool,
    /// Each with a class: zero is no news.
    failed: (String, &'static str),
    dead: (String, &'static str),
    /// A class for times of which nothing is known.
    times: &'static str,
    wait: String,
    /// What is told, and the time.
    run: [(String, String); 3],
}

pub(crate) async fn kinds(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let page = desk.console.page_of_kinds(&wanted.filter(&visitor)).await?;
    render(&KindsPage::new(&visit, wanted, &page))
}

impl KindsPage {
    fn new(visit: &Visit, wanted: Wanted, page: &KindPage) -> Self {
        let (look, m, window) = (&visit.look, visit.look.m, wanted.window());
        let windows = window::choices(m, window).into_iter();
        Self {
            frame: Frame::new(visit, "kinds", m.nav_kinds()),
            m,
            hint: m.kinds_hint(window::last(m, window)),
            windows: windows.map(|choice| (wanted.over(choice.name), choice)).collect(),
            columns: columns(&wanted, m),
            rows: page.kinds.iter().map(|kind| Row::new(kind, page.most_runs, look)).collect(),
            shown: m.kinds_shown(say::with_commas(page.kinds.len() as u64), say::with_commas(page.total)),
            prev: page.prev.as_deref().map(|name| wanted.before(name)),
            next: page.next.as_deref().map(|name| wanted.after(name)),
            wanted,
        }
    }
}

fn columns(wanted: &Wanted, m: Messages) -> Vec<Column> {
    let order = |sort| Some((wanted.sorted(sort), wanted.sort() == sort));
    let number = |word, order, sort| Column { word, class: "number", span: 1, order, sort };
    let plain = |word| number(word, None, "");
    vec![
        Column { word: m.kinds_column_kind(), class: "", span: 1, order: order(KindSort::Name), sort: "ascending" },
        Column { span: 2, ..number(m.kinds_column_runs(), order(KindSort::Runs), "descending") },
        number(m.kinds_column_success(), order(KindSort::Success), "ascending"),
        number(m.kinds_column_failed(), order(KindSort::Failed), "descending"),
        number(m.kinds_column_dead(), order(KindSort::Dead), "descending"),
        plain(m.kinds_column_wait()),
        plain(m.kinds_column_p50()),
        plain(m.kinds_column_p95()),
        plain(m.kinds_column_p99()),
    ]
}

impl Row {
    /// The bar is as long as the runs are many, beside the kind with the most.
    fn new(kind: &KindRecord, most: u64, look: &Look) -> Self {
        let counts = &kind.counts;
        let bad = |number: u64| (say::with_commas(number), if number == 0 { "muted" } else { "" });
        let time = |time| look.span(time);
        let nothing = || say::NOTHING.to_owned();
        let run = |pick: fn(Percentiles) -> Duration| kind.run.map_or_else(nothing, |run| time(pick(run)));
        Self {
            name: kind.name.clone(),
            called: kind.display_name.clone().filter(|called| *called != kind.name),
            bar: Bar {
                name: look.m.kinds_column_runs(),
                parts: vec![
                    ("completed", counts.completed),
                    ("failed", counts.failed),
                    ("dead", counts.dead),
                    ("cancelled", counts.cancelled),
                ],
                total: most,
                width: 120,
                height: 8,
            },
            runs: say::with_commas(ended(counts)),
            success: kind.success_rate.map_or_else(nothing, |rate| percent(look, rate)),
            is_flawed: counts.failed + counts.dead > 0,
            failed: bad(counts.failed),
            dead: bad(counts.dead),
            times: if kind.run.is_some() { "" } else { "nothing" },
            wait: kind.wait.map_or_else(nothing, |wait| time(wait.p95)),
            run: [
                (look.m.kinds_column_p50(), run(|run| run.p50)),
                (look.m.kinds_column_p95(), run(|run| run.p95)),
                (look.m.kinds_column_p99(), run(|run| run.p99)),
            ],
        }
    }
}
