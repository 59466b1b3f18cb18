//! One group: where it comes from, what became of its jobs, and what can be done about them.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde::Deserialize;
use task_tower::{ErrorGroup, ErrorGroupDetails, Failure};

use super::change::proposed;
use super::{Within, filter, find, matrix};
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Look, Spark};
use crate::messages::{Markup, Messages};
use crate::pages::Frame;
use crate::pages::charts::spark;
use crate::pages::frame::render;
use crate::pages::links;
use crate::pages::stack::Details;
use crate::say;
use crate::visit::Visit;

/// The most of a message, and of its details.
const SAMPLE_CHARACTERS_MAX: usize = 16 * 1024;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    m: Messages,
    group: ErrorGroup,
    spark: Spark,
    matrix: Vec<(String, Within)>,
    facts: Vec<(String, Markup)>,
    sample: Option<Shown>,
    sample_name: String,
    jobs: String,
    /// What requeues the dead ones and what discards those that wait, with their words.
    operations: Vec<Operation>,
    may_resolve: bool,
    /// What the field for the end of a mute shows.
    until: String,
    is_open: bool,
    /// What was done a moment ago.
    done: Option<String>,
}

/// An address from the root, its words, and its icon.
pub(super) type Operation = (String, String, &'static str);

/// What the address says beside the name of the group.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct News {
    done: String,
}

pub(crate) async fn error(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(fingerprint): Path<String>,
    news: Result<Query<News>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let Query(news) = news.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let details = find(&desk, &visitor, &fingerprint).await?;
    let (look, m) = (&visit.look, visit.look.m);
    let failure = sample(&desk, &visitor, &details).await;
    let group = &details.group;
    let cell = |within: Within| (say::with_commas(within.count), within);
    let frame = Frame::new(&visit, "errors", group.class.clone()).under("errors", m.nav_errors());
    render(&ErrorPage {
        m,
        spark: spark(m.errors_last_hour(), "dead", group.last_hour.clone()),
        matrix: matrix(group, look).into_iter().map(cell).collect(),
        facts: facts(&details, links::queues(group, &visitor, &frame.root), look),
        sample_name: group.sample_job.short(),
        jobs: links::jobs(&filter(group, "")),
        operations: operations(group, &visitor, m),
        may_resolve: visitor.permissions.contains(Permission::ResolveErrors),
        done: done(&news.done, group, look),
        is_open: is_open(group, look),
        sample: failure.map(|failure| Shown::new(&failure, group.last_version.as_deref(), look)),
        frame,
        until: proposed(look),
        group: details.group,
    })
}

/// Neither resolved nor muted.
pub(super) fn is_open(group: &ErrorGroup, look: &Look) -> bool {
    group.resolved_at.is_none() && group.muted_until.is_none_or(|until| until <= look.now)
}

/// The buttons are there for open groups only, so taking back what they did leaves one as it was.
fn done(what: &str, group: &ErrorGroup, look: &Look) -> Option<String> {
    match (what, group.resolved_at, group.muted_until) {
        ("resolve", Some(_), _) => Some(look.m.error_done_resolve()),
        ("mute", _, Some(until)) if until > look.now => Some(look.m.error_done_mute(look.clock(until))),
        _ => None,
    }
}

/// The failure of the sample, unless its job is in a queue that the visitor does not see.
pub(crate) async fn sample(desk: &Desk, visitor: &Visitor, details: &ErrorGroupDetails) -> Option<Failure> {
    let job = desk.job(details.group.sample_job, visitor).await.ok()?;
    job.last_failure().cloned()
}

/// The failure of the sample, as much of it as a worker writes.
struct Shown {
    message: String,
    details: Details,
}

impl Shown {
    fn new(failure: &Failure, version: Option<&str>, look: &Look) -> Self {
        let text = |text: &str| text.chars().take(SAMPLE_CHARACTERS_MAX).collect::<String>();
        let details = Details::of(&text(failure.details.as_deref().unwrap_or_default()), version, look);
        Self { message: text(&failure.message), details }
    }
}

fn facts(details: &ErrorGroupDetails, queues: Markup, look: &Look) -> Vec<(String, Markup)> {
    let (m, group) = (look.m, &details.group);
    let text = |text: String| Markup::text(&text);
    let mut facts = vec![
        (m.error_status(), text(status(group, look))),
        (m.error_dead(), text(say::count(group.dead))),
        (m.error_retrying(), text(say::count(group.retrying))),
        (m.error_recovered(), text(say::count(details.recovered))),
        (m.error_occurrences(), text(say::with_commas(group.occurrences))),
        (m.error_first_seen(), text(look.clock(group.first_seen_at))),
        (m.error_last_seen(), text(look.clock(group.last_seen_at))),
    ];
    facts.extend(group.first_version.clone().map(|version| (m.error_first_version(), text(version))));
    facts.extend(group.last_version.clone().map(|version| (m.error_last_version(), text(version))));
    facts.push((m.error_queues(), queues));
    facts
}

fn status(group: &ErrorGroup, look: &Look) -> String {
    let m = look.m;
    match (group.resolved_at, &group.resolved_by, group.muted_until, group.regressed_at) {
        (Some(at), Some(who), ..) => m.error_is_resolved(who, look.clock(at)),
        (Some(at), None, ..) => m.error_is_resolved_at(look.clock(at)),
        (_, _, Some(until), _) if until > look.now => m.error_is_muted(look.clock(until)),
        (.., Some(at)) => m.error_is_regressed(look.clock(at)),
        _ => m.error_is_unresolved(),
    }
}

/// Those that the visitor may begin and that would find something.
pub(super) fn operations(group: &ErrorGroup, visitor: &Visitor, m: Messages) -> Vec<Operation> {
    let may = |permission| [Permission::Operations, permission].iter().all(|one| visitor.permissions.contains(*one));
    let link = |action: &str, state: &str| {
        format!("operations/new?action={action}&q={}", links::encoded(filter(group, state)))
    };
    let mut operations = Vec::new();
    if group.dead > 0 && may(Permission::Requeue) {
        operations.push((link("requeue", "dead"), m.error_requeue(say::count(group.dead)), "requeue"));
    }
    if group.retrying > 0 && may(Permission::Discard) {
        operations.push((link("discard", "failed"), m.error_discard(say::count(group.retrying)), "dead"));
    }
    operations
}
