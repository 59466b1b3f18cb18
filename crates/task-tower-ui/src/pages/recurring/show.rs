//! One recurring job: how it is set, its last twenty times, its next ten, and what can be done to it.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Html;
use chrono::{DateTime, TimeDelta, Utc};
use task_tower::{Occurrence, RecurringDetails, RecurringRecord, TICKS_SHOWN, TickRecord};

use super::record;
use crate::access::{Permission, Visitor};
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Look, Plot, Stamp, Strip, Twin};
use crate::messages::{Markup, Messages};
use crate::pages::Frame;
use crate::pages::frame::render;
use crate::pages::job::Data;
use crate::say;
use crate::visit::Visit;

/// As many next times as are told.
const UPCOMING_SHOWN: usize = 10;

#[derive(Template)]
#[template(path = "recurring-job.html")]
struct RecurringJobPage {
    frame: Frame,
    m: Messages,
    name: String,
    /// This page, from the root.
    here: String,
    jobs: String,
    words: String,
    paused: Option<Markup>,
    is_paused: bool,
    comes: bool,
    skips: bool,
    zone_hint: String,
    remove_warning: String,
    facts: Vec<(String, Markup)>,
    strip: Option<Plot>,
    last: String,
    ticks: Vec<Tick>,
    in_zone: Markup,
    upcoming: Vec<Coming>,
    payload: Data,
    tags: Vec<String>,
}

/// A time that has come.
struct Tick {
    time: Stamp,
    outcome: String,
    badge: Option<Badge>,
    /// The job, where it is kept: its address from the root, and its short id.
    job: Option<(String, String)>,
    took: String,
}

/// A time that comes.
struct Coming {
    local: String,
    time: Stamp,
    note: Option<String>,
}

pub(crate) async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Path(name): Path<String>,
) -> Result<Html<String>, Fault> {
    let details = desk.recurring_job(&name, &visitor).await?;
    render(&page(&visit, &details))
}

fn page(visit: &Visit, details: &RecurringDetails) -> RecurringJobPage {
    let (look, m, recurring) = (&visit.look, visit.look.m, &details.recurring);
    let is_paused = recurring.paused_at.is_some();
    RecurringJobPage {
        frame: Frame::new(visit, "recurring", &recurring.name).under("recurring", m.nav_recurring()),
        m,
        here: crate::links::recurring(&recurring.name),
        jobs: crate::links::recurring_jobs(&recurring.name),
        words: record::words(recurring),
        paused: record::pause(recurring, look),
        is_paused,
        comes: recurring.next_at.is_some(),
        skips: recurring.skips_next,
        zone_hint: m.recurring_pause_until_hint(look.zone()),
        remove_warning: recurring
            .source
            .as_ref()
            .map_or_else(|| m.recurring_remove_warning(), |_| m.recurring_remove_code()),
        facts: facts(recurring, look),
        strip: strip(&details.ticks, details.now, &visit.place.root, look),
        last: m.recurring_last_number(details.ticks.len() as u64),
        ticks: details.ticks.iter().map(|tick| Tick::new(tick, details.now, look)).collect(),
        in_zone: m.recurring_in_zone(Markup::code(&recurring.zone)),
        upcoming: upcoming(recurring, look),
        payload: Data::of(&recurring.payload, look),
        tags: recurring.tags.clone(),
        name: recurring.name.clone(),
    }
}

fn facts(recurring: &RecurringRecord, look: &Look) -> Vec<(String, Markup)> {
    let m = look.m;
    let words = |text: String| Markup::text(&text);
    let source = match &recurring.source {
        Some(source) if recurring.is_edited => m.recurring_source_edited(source),
        Some(source) => m.recurring_source_code(source),
        None => m.recurring_source_hand(),
    };
    let limit = |limit: i64| look.duration(TimeDelta::milliseconds(limit));
    let mut facts = vec![
        (m.recurring_expression(), Markup::code(&recurring.expression)),
        (m.recurring_zone(), Markup::code(&recurring.zone)),
        (m.job_kind(), Markup::name(&format!("../{}", crate::links::kind_page(&recurring.kind)), &recurring.kind)),
        (m.job_queue(), Markup::name(&format!("../{}", crate::links::queue_page(&recurring.queue)), &recurring.queue)),
        (m.form_priority(), words(recurring.priority.to_string())),
        (m.form_retries(), words(say::with_commas(recurring.max_retries.into()))),
        (m.recurring_missed(), words(record::missed(recurring.missed, m))),
        (m.recurring_overlap(), words(record::overlap(recurring.overlap, m))),
    ];
    let jitter = i64::try_from(recurring.jitter_ms).ok().filter(|jitter| *jitter > 0);
    facts.extend(jitter.map(|jitter| (m.recurring_jitter(), words(m.recurring_jitter_up_to(limit(jitter))))));
    facts.extend(recurring.timeout_ms.map(|timeout| (m.recurring_form_timeout(), words(limit(timeout)))));
    facts.push((m.recurring_source(), words(source)));
    facts
}

/// The latest times, oldest first: height by the log of the run time.
fn strip(ticks: &[TickRecord], now: DateTime<Utc>, root: &str, look: &Look) -> Option<Plot> {
    let ran = |tick: &TickRecord| record::took(tick, now).map_or(0.0, |took| took.num_milliseconds() as f64);
    let told = |tick: &TickRecord| {
        let outcome = tick.state.map_or_else(|| record::outcome(tick, look.m), |state| look.m.state(state));
        look.m.recurring_tick_told(look.clock(tick.at), outcome)
    };
    let link = |tick: &TickRecord| match tick.job.filter(|_| tick.state.is_some()) {
        Some(id) => (format!("{root}jobs/{id}"), told(tick)),
        None => ("#times".to_owned(), told(tick)),
    };
    let strip = Strip {
        name: look.m.recurring_last(),
        runs: ticks.iter().rev().map(|tick| (record::class(tick), ran(tick))).collect(),
        current: None,
        room: TICKS_SHOWN,
        links: ticks.iter().rev().map(link).collect(),
        twin: Twin::default(),
    };
    (!ticks.is_empty()).then(|| strip.plot())
}

impl Tick {
    fn new(tick: &TickRecord, now: DateTime<Utc>, look: &Look) -> Self {
        let took = record::took(tick, now).map(|took| look.duration(took));
        Self {
            time: look.time(tick.at),
            outcome: record::outcome(tick, look.m),
            badge: tick.job.map(|_| record::badge(tick, look)),
            job: tick.job.filter(|_| tick.state.is_some()).map(|id| (format!("jobs/{id}"), id.short())),
            took: took.unwrap_or_else(|| say::NOTHING.to_owned()),
        }
    }
}

fn upcoming(recurring: &RecurringRecord, look: &Look) -> Vec<Coming> {
    let runs = recurring.upcoming(UPCOMING_SHOWN).into_iter().enumerate();
    runs.map(|(place, run)| Coming::new(&run, place == 0 && recurring.skips_next, look)).collect()
}

impl Coming {
    pub(super) fn new(run: &Occurrence, skips: bool, look: &Look) -> Self {
        let note = if skips { Some(look.m.recurring_note_skipped()) } else { record::change(run, look.m) };
        Self { local: run.local().format("%Y-%m-%d %H:%M:%S").to_string(), time: look.coming(run.at()), note }
    }
}
