//! The kinds by name, with what their runs were like.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Html;
use task_tower::KindRecord;

use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Bar, Look};
use crate::messages::Messages;
use crate::pages::Frame;
use crate::pages::charts::{ended, percent};
use crate::pages::frame::render;
use crate::pages::window::{self, Choice, Wanted};
use crate::say;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "kinds.html")]
struct KindsPage {
    frame: Frame,
    m: Messages,
    hint: String,
    windows: Vec<Choice>,
    rows: Vec<Row>,
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
    failed: String,
    dead: String,
    wait: String,
    run: [String; 3],
}

pub(crate) async fn kinds(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let window = wanted.window();
    let mut kinds = desk.console.kinds(window).await?;
    kinds.retain(|kind| visitor.scope.admits_kind(&kind.name));
    let (look, m) = (&visit.look, visit.look.m);
    let most = kinds.iter().map(|kind| ended(&kind.counts)).max().unwrap_or(0);
    render(&KindsPage {
        frame: Frame::new(&visit, "kinds", m.nav_kinds()),
        m,
        hint: m.kinds_hint(window::word(m, window)),
        windows: window::choices(m, window),
        rows: kinds.iter().map(|kind| Row::new(kind, most, look)).collect(),
    })
}

impl Row {
    /// The bar is as long as the runs are many, beside the kind with the most.
    fn new(kind: &KindRecord, most: u64, look: &Look) -> Self {
        let counts = &kind.counts;
        let some = |number: u64| if number == 0 { say::NOTHING.to_owned() } else { say::with_commas(number) };
        let time = |time| look.span(time);
        let nothing = || say::NOTHING.to_owned();
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
            runs: some(ended(counts)),
            success: kind.success_rate.map_or_else(nothing, |rate| percent(look, rate)),
            is_flawed: counts.failed + counts.dead > 0,
            failed: some(counts.failed),
            dead: some(counts.dead),
            wait: kind.wait.map_or_else(nothing, |wait| time(wait.p95)),
            run: match kind.run {
                Some(run) => [run.p50, run.p95, run.p99].map(time),
                None => [nothing(), nothing(), nothing()],
            },
        }
    }
}
