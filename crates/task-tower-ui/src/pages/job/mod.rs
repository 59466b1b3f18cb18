//! The page of one job, and the forms that change it or make another one like it.

mod alike;
mod attempts;
mod axis;
mod changes;
mod code;
mod data;
mod fields;
mod form;
mod form_page;
mod head;
mod hidden;
mod life;
mod log;
mod neighbors;
mod relations;
mod strip;
mod timeline;
mod zoom;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Html;
use chrono::TimeDelta;
use serde::Deserialize;
use task_tower::{AuditFilter, AuditRecord, JobId, JobRecord, Progress, RunRecord, WorkerRecord};

use super::frame::render;
use super::{Frame, undo};
use crate::access::Visitor;
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links;
use crate::look::{CopyButton, Look, Plot, Stamp};
use crate::messages::{Markup, Messages};
use crate::trace_url::TraceUrl;
use crate::visit::Visit;
use alike::{Alike, alike};
use attempts::{Attempt, Host, Hosts};
use changes::{CHANGES_SHOWN, Change};
use code::Code;
use head::Can;
use life::Life;
use log::{Found, Log};
use neighbors::{Neighbors, neighbors};
use relations::{Related, related};
use strip::{RUNS_SHOWN, Runs};
use timeline::Sum;
use zoom::Zoom;

pub(super) use data::Data;
pub(crate) use data::download;
pub(super) use fields::{Faults, PAYLOAD_BYTES_MAX, Typed, restored, restored_tags};
pub(super) use form::{Filled, check_sight, read};
pub(crate) use form::{copy, edit, new, save_edit, save_new};
pub(super) use form_page::{Purpose, page as page_of_form, refused_new};
pub(super) use hidden::{hidden, still_hidden};
pub(crate) use neighbors::tail as tail_of_list;

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    frame: Frame,
    m: Messages,
    look: Look,
    id: String,
    job: JobRecord,
    badge: Badge,
    can: Can,
    /// What the addresses of its buttons end with, so that one stays in the list.
    tail: String,
    neighbors: Option<Neighbors>,
    legend: Vec<Sum>,
    timeline: Plot,
    /// Other parts of the timeline.
    zooms: Vec<zoom::Choice>,
    runs: Option<Runs>,
    attempts: Vec<Attempt>,
    log: Option<Log>,
    progress: Option<Progress>,
    alike: Option<Alike>,
    related: Option<Related>,
    changes: Vec<Change>,
    /// How to see all of them, if these are not all.
    all_changes: Option<String>,
    facts: Vec<(String, Fact)>,
    payload: Data,
    context: Option<Data>,
    result: Option<Data>,
    code: Code,
    copy_id: CopyButton,
    copy_rust: CopyButton,
    copy_curl: CopyButton,
}

/// What stands beside a name among the facts.
enum Fact {
    Words(String),
    Time(Stamp),
    /// An address from the root, and its words.
    Link(String, String),
    Queue(String, i16),
    Code(String),
    /// An address elsewhere, and what it is about.
    Elsewhere(String, String),
}

/// What the address says beside the job.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// The filter of the list that the reader came from.
    from: Option<String>,
    /// `all` for the whole history.
    changes: String,
    /// The part of the timeline.
    zoom: String,
}

/// What the page asks of the console.
struct Asked {
    job: JobRecord,
    audits: Vec<AuditRecord>,
    runs: Vec<RunRecord>,
    hosts: Hosts,
    log: Option<Found>,
    neighbors: Option<Neighbors>,
    alike: Option<Alike>,
    trace_url: Option<TraceUrl>,
    related: Option<Related>,
    /// The recurring job that it comes from.
    recurring: Option<String>,
}

pub(crate) async fn job(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    log: Result<Query<log::Wanted>, QueryRejection>,
) -> Result<Html<String>, Fault> {
    let refused = |rejection: QueryRejection| Fault::bad_request(rejection.body_text());
    let (Query(wanted), Query(log)) = (wanted.map_err(refused)?, log.map_err(refused)?);
    let asked = ask(&desk, &visitor, &visit.look, id.parse()?, &wanted, log).await?;
    let title = format!("{} {}", asked.job.name(), asked.job.id.short());
    let list = links::with(&[("q", wanted.from.as_deref().unwrap_or_default())]);
    let frame = Frame::new(&visit, "jobs", title).under(list, visit.look.m.nav_jobs());
    let frame = frame.with_undo(undo::notice(&desk, &visitor, &visit).await);
    let origin = origin(&headers);
    render(&JobPage::new(frame, asked, &visit, &wanted, &origin))
}

async fn ask(
    desk: &Desk,
    visitor: &Visitor,
    look: &Look,
    id: JobId,
    wanted: &Wanted,
    log: log::Wanted,
) -> Result<Asked, Fault> {
    let console = &desk.console;
    let (job, secrets) = desk.job_and_secrets(id, visitor).await?;
    let audits = desk.audit(&AuditFilter::new().target(id.to_string())).await?;
    // Of a visitor who does not see all queues, they may be out of sight.
    let runs = match visitor.scope.queue_patterns() {
        None => console.runs_of_kind(&job.kind, RUNS_SHOWN).await?,
        Some(_) => Vec::new(),
    };
    let host = |worker: WorkerRecord| Host { name: worker.host, version: worker.app_version };
    let hosts = desk.workers(visitor).await?.into_iter().map(|worker| (worker.id.as_i64(), host(worker))).collect();
    let log = log::find(desk, &job, &secrets, log).await?;
    let neighbors = neighbors(desk, visitor, look, wanted.from.as_deref(), id).await;
    let alike = alike(desk, visitor, look.m, &job).await;
    let related = related(desk, visitor, look, &job).await?;
    let recurring = desk.recurring_of(id, visitor).await?;
    let trace_url = desk.trace_url.clone();
    Ok(Asked { job, audits, runs, hosts, log, neighbors, alike, related, trace_url, recurring })
}

/// As the reader's browser names this server; a public one is behind TLS.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let local = host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
    format!("{}://{host}", if local { "http" } else { "https" })
}

impl JobPage {
    fn new(frame: Frame, asked: Asked, visit: &Visit, wanted: &Wanted, origin: &str) -> Self {
        let look = &visit.look;
        let Asked { job, audits, runs, hosts, log, neighbors, alike, related, trace_url, recurring } = asked;
        let life = Life::of(&job, look.now);
        let zoom = Zoom::new(timeline::axis(&job, &life, look), &wanted.zoom, &visit.here, look);
        let mut changes = changes::changes(&job, &life, &audits, &hosts, look);
        let is_long = changes.len() > CHANGES_SHOWN && wanted.changes != "all";
        let all_changes = is_long.then(|| look.m.job_all_changes(changes.len() as u64));
        if is_long {
            changes.truncate(CHANGES_SHOWN);
        }
        Self {
            id: job.id.to_string(),
            badge: head::badge(&job, &life, look),
            can: Can::of(&job, frame.may),
            tail: neighbors::tail(wanted.from.as_deref()),
            neighbors,
            legend: timeline::legend(&life, look),
            timeline: timeline::plot(&job, &life, &zoom, look),
            zooms: zoom.choices(look),
            runs: strip::runs(&job, &life, &runs, &frame.root, look),
            attempts: attempts::attempts(&life, &hosts, look),
            log: log.map(|found| Log::new(found, &job, &life, look)),
            // That of an earlier run says nothing of this one.
            progress: job.progress.clone().filter(|progress| progress.attempt == job.attempt),
            alike,
            related,
            changes,
            all_changes,
            facts: facts(&job, recurring, &hosts, trace_url.as_ref(), look),
            payload: Data::of(&job.payload, look),
            context: job.context.as_ref().map(|context| Data::of(context, look)),
            result: job.result.as_ref().map(|result| Data::of(result, look)),
            code: Code::of(&job, &format!("{origin}{}/", visit.mount), look.m),
            copy_id: look.copy("job-id", look.m.job_copy_id(), look.m.job_id_copied()).small(),
            copy_rust: look.copy("as-rust", look.m.job_copy_rust(), look.m.job_rust_copied()),
            copy_curl: look.copy("as-curl", look.m.job_copy_curl(), look.m.job_curl_copied()),
            m: look.m,
            look: look.clone(),
            frame,
            job,
        }
    }
}

fn facts(
    job: &JobRecord,
    recurring: Option<String>,
    hosts: &Hosts,
    trace_url: Option<&TraceUrl>,
    look: &Look,
) -> Vec<(String, Fact)> {
    let m = look.m;
    let time = |at| Fact::Time(look.moment(at));
    let mut facts = vec![(m.job_queue(), Fact::Queue(job.queue.clone(), job.priority))];
    facts.extend(recurring.map(|name| (m.job_recurring(), Fact::Link(crate::links::recurring(&name), name))));
    facts.push((m.job_created(), time(job.created_at)));
    let due = if job.run_at > look.now { m.job_next_run() } else { m.job_due() };
    facts.extend(job.finished_at.is_none().then(|| (due, time(job.run_at))));
    facts.extend(job.finished_at.map(|at| (m.job_ended(), time(at))));
    facts.extend(job.reason.as_deref().map(|reason| (m.job_reason(), Fact::Words(m.reason(reason)))));
    facts.extend(job.worker_id.map(|id| {
        let name = attempts::worker(id.as_i64(), hosts, look);
        // Nobody remembers it for longer than a day after its end.
        let is_known = hosts.contains_key(&id.as_i64());
        (m.job_worker(), if is_known { Fact::Link(crate::links::worker(id), name) } else { Fact::Words(name) })
    }));
    facts.push((m.job_attempts(), Fact::Words(m.job_attempts_told(job.attempt, job.failures, job.max_retries))));
    let lost = u64::try_from(job.crashes).ok().filter(|lost| *lost > 0);
    facts.extend(lost.map(|lost| (m.job_crashes(), Fact::Words(m.job_workers_lost(lost)))));
    let timeout = job.timeout_ms.map(|limit| look.duration(TimeDelta::milliseconds(limit)));
    facts.extend(timeout.map(|timeout| (m.job_timeout(), Fact::Words(timeout))));
    facts.extend(job.unique_key.clone().map(|key| (m.job_unique_key(), Fact::Code(key))));
    facts.extend(job.trace_id().map(|trace| {
        let fact = match trace_url {
            Some(url) => Fact::Elsewhere(url.of(trace), trace.to_owned()),
            None => Fact::Code(trace.to_owned()),
        };
        (m.job_trace(), fact)
    }));
    facts
}
