//! Every part at real size, with the numbers of an invented shop: to look at while building pages.

use askama::Template;
use axum::response::Html;
use chrono::TimeDelta;
use task_tower::JobState;

use super::frame::{Instance, render};
use super::{Frame, samples};
use crate::badge::Badge;
use crate::fault::Fault;
use crate::look::{Bar, Logs, Look, Plot, Slots, Spark, Stack, Tree};
use crate::messages::{Markup, Messages};
use crate::say::{self, NOTHING};
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "components.html")]
struct ComponentsPage {
    frame: Frame,
    m: Messages,
    look: Look,
    badges: Vec<Badge>,
    large: Vec<Badge>,
    plain: Vec<Badge>,
    searched: Markup,
    without: Markup,
    estimate: String,
    rows: Vec<Row>,
    small: (Spark, Spark, Bar, Slots),
    throughput: Plot,
    timeline: Plot,
    strip: Plot,
    lines: Plot,
    histogram: Plot,
    backoff: Plot,
    heat: Plot,
    tree: Tree,
    stack: Stack,
    logs: Logs,
}

struct Row {
    badge: Badge,
    class: &'static str,
    kind: String,
    id: &'static str,
    note: String,
    run: String,
}

pub(crate) async fn components(visit: Visit) -> Result<Html<String>, Fault> {
    let (m, look) = (visit.look.m, &visit.look);
    render(&ComponentsPage {
        frame: frame(&visit),
        m,
        badges: badges(look),
        large: large(look),
        plain: badges(look).into_iter().take(5).map(Badge::plain).collect(),
        searched: m.components_searched(m.components_link("Search all, slow")),
        without: m.components_without(Markup::strong(&m.sample("-tag:beta"))),
        estimate: say::estimate(4_826),
        rows: rows(look),
        small: samples::small(look),
        throughput: samples::throughput(look),
        timeline: samples::timeline(look),
        strip: samples::strip(look),
        lines: samples::lines(look),
        histogram: samples::histogram(look),
        backoff: samples::backoff(look),
        heat: samples::heat(look),
        tree: samples::tree(look),
        stack: samples::stack(look),
        logs: samples::logs(look),
        look: visit.look.clone(),
    })
}

fn frame(visit: &Visit) -> Frame {
    let m = visit.look.m;
    let frame = Frame::new(visit, "settings", m.components_title()).still();
    let facts = vec![m.sample("eu-central"), m.postgres(17)];
    let frame = frame.count("queues", "7".to_owned(), "").count("workers", "5/6".to_owned(), "warn");
    Frame { instance: Some(Instance { name: m.sample("shop-production"), color: "red", facts }), ..frame }
}

fn badges(look: &Look) -> Vec<Badge> {
    JobState::ALL.into_iter().map(|state| look.badge(state)).collect()
}

fn large(look: &Look) -> Vec<Badge> {
    let words = [("failed", "Failed, retries in 3 min"), ("processing", "Running 9 min 12 s")];
    words.map(|(class, words)| look.badge_of(class, look.m.sample(words)).large()).into()
}

fn rows(look: &Look) -> Vec<Row> {
    let row = |state, class, kind, id, note, run: Option<i64>| Row {
        badge: look.badge(state),
        class,
        kind: look.m.sample(kind),
        id,
        note: look.m.sample(note),
        run: run.map_or(NOTHING.to_owned(), |run| look.duration(TimeDelta::milliseconds(run))),
    };
    vec![
        row(JobState::Completed, "", "send_welcome_email", "155460", "at rest", Some(161)),
        row(JobState::Enqueued, "hovered", "resize_image", "402775", "hover", None),
        row(JobState::Failed, "keyboard", "sync_crm_contact", "984368", "keyboard", Some(412)),
        row(JobState::Dead, "selected", "charge_card", "863012", "selected", Some(30_000)),
    ]
}
