//! The state timeline: what the job did when, on one axis, and a row for each of its latest runs.

use chrono::{DateTime, TimeDelta, Utc};
use task_tower::{Failure, JobRecord, JobState};

use super::axis::Axis;
use super::life::{Doing, Life, Outcome, Phase, Run};
use super::zoom::Zoom;
use crate::look::timeline::{Form, Row, Span};
use crate::look::{Look, Plot, Timeline, Twin};

/// More rows would push the rest off the page.
const ROWS_MAX: usize = 12;

/// What an error is called in a chart, in characters.
const ERROR_CHARACTERS_MAX: usize = 32;

/// A line of the legend: a color, its word, and how long that took in all.
pub(super) struct Sum {
    pub(super) class: &'static str,
    pub(super) word: String,
    pub(super) time: String,
}

pub(super) fn legend(life: &Life<'_>, look: &Look) -> Vec<Sum> {
    let all = [Doing::Scheduled, Doing::Waiting, Doing::Queued, Doing::Running, Doing::Retrying];
    let present = all.into_iter().filter(|doing| life.phases.iter().any(|phase| phase.doing == *doing));
    present
        .map(|doing| Sum { class: form(doing).0, word: word(doing, look), time: look.duration(life.sum(doing)) })
        .collect()
}

/// The axis of the whole life.
pub(super) fn axis(job: &JobRecord, life: &Life<'_>, look: &Look) -> Axis {
    let begin = life.phases.first().map_or(job.created_at, |phase| phase.from);
    let present = job.finished_at.unwrap_or(look.now);
    let end = life.ahead.map_or(present, |phase| phase.to);
    Axis::new(look, begin, end.max(begin))
}

pub(super) fn plot(job: &JobRecord, life: &Life<'_>, zoom: &Zoom, look: &Look) -> Plot {
    let axis = &zoom.axis;
    let runs: Vec<Row> = life.runs.iter().filter_map(|run| run_row(run, zoom, look)).collect();
    let first = runs.len().saturating_sub(ROWS_MAX);
    let is_going_on = job.finished_at.is_none() && axis.shows(look.now, look.now);
    Timeline {
        name: look.m.job_timeline_of(job.name()),
        ticks: axis.marks(look),
        rows: [job_row(job, life, axis, look)].into_iter().chain(runs.into_iter().skip(first)).collect(),
        now: is_going_on.then(|| (axis.share(look.now), look.m.job_now(look.clock(look.now)))),
        ends: Some(axis.ends()),
        twin: twin(life, look),
    }
    .plot()
}

fn job_row(job: &JobRecord, life: &Life<'_>, axis: &Axis, look: &Look) -> Row {
    let shown = |phase: &&Phase| axis.shows(phase.from, phase.to);
    let lived = life.phases.iter().filter(shown);
    let mut spans: Vec<Span> = lived.map(|phase| span(phase, axis, inside(phase, life, look))).collect();
    let ahead = life.ahead.as_ref().filter(shown);
    spans.extend(ahead.map(|phase| Span { form: Form::Future, ..span(phase, axis, self::ahead(job, look)) }));
    let end = job.finished_at.filter(|at| job.state.is_final() && axis.shows(*at, *at));
    let after = end.map(|_| (job.state.as_str(), look.m.state(job.state)));
    Row { label: look.m.job_one(), link: None, spans, after }
}

/// Nothing of a run that is out of view.
fn run_row(run: &Run<'_>, zoom: &Zoom, look: &Look) -> Option<Row> {
    let axis = &zoom.axis;
    let ended = run.ended.unwrap_or(look.now);
    let stretches = [phase(Doing::Queued, run.due.min(run.began), run.began), phase(Doing::Running, run.began, ended)];
    let is_there = |phase: &&Phase| phase.doing == Doing::Running || phase.to > phase.from;
    let shown = stretches.iter().filter(is_there).filter(|phase| axis.shows(phase.from, phase.to));
    let spans: Vec<Span> = shown.map(|phase| span(phase, axis, String::new())).collect();
    let class = if run.outcome == Outcome::State(JobState::Dead) { "dead" } else { "failed" };
    let error = run.error.filter(|_| axis.shows(ended, ended));
    let label = look.m.job_attempt_row(run.attempt);
    let link = (part(run, ended, zoom), look.m.job_zoom_attempt(run.attempt));
    (!spans.is_empty()).then(|| Row { label, link: Some(link), spans, after: error.map(|error| (class, short(error))) })
}

/// The address of the part in which it waited and ran, with some room around.
fn part(run: &Run<'_>, ended: DateTime<Utc>, zoom: &Zoom) -> String {
    let (begin, end) = (run.due.min(run.began).timestamp_millis(), ended.timestamp_millis());
    let room = (end - begin) / 20 + 1;
    zoom.href(begin - room, end + room)
}

fn phase(doing: Doing, from: DateTime<Utc>, to: DateTime<Utc>) -> Phase {
    Phase { doing, from, to }
}

fn span(phase: &Phase, axis: &Axis, label: String) -> Span {
    let (class, form) = form(phase.doing);
    Span { from: axis.share(phase.from), to: axis.share(phase.to), class, form, label }
}

fn form(doing: Doing) -> (&'static str, Form) {
    match doing {
        Doing::Scheduled => ("scheduled", Form::Tinted),
        Doing::Waiting => ("scheduled", Form::Outline),
        Doing::Queued => ("enqueued", Form::Outline),
        Doing::Running => ("processing", Form::Solid),
        Doing::Retrying => ("failed", Form::Tinted),
        Doing::Ended(state) => (state.as_str(), Form::Tinted),
    }
}

fn word(doing: Doing, look: &Look) -> String {
    match doing {
        Doing::Scheduled => look.m.state_scheduled(),
        Doing::Waiting => look.m.job_waiting(),
        Doing::Queued => look.m.job_queue_time(),
        Doing::Running => look.m.state_processing(),
        Doing::Retrying => look.m.job_waiting_to_retry(),
        Doing::Ended(state) => look.m.state(state),
    }
}

fn inside(phase: &Phase, life: &Life<'_>, look: &Look) -> String {
    match phase.doing {
        Doing::Running => look.duration(phase.to - phase.from),
        Doing::Retrying => {
            // The whole distance, of which a part may be ahead.
            let ahead = life.ahead.filter(|ahead| ahead.from == phase.to);
            let to = ahead.map_or(phase.to, |ahead| ahead.to);
            look.m.job_retry_in(seconds(to - phase.from, look))
        }
        doing => word(doing, look),
    }
}

/// `retry in 80 s`: in a bar, there is no room for two units.
fn seconds(time: TimeDelta, look: &Look) -> String {
    match time.num_seconds() {
        seconds @ 0..600 => look.m.seconds(seconds),
        _ => crate::say::age(look.m, time),
    }
}

fn ahead(job: &JobRecord, look: &Look) -> String {
    look.m.job_attempt_ahead(job.attempt + 1, look.distance(job.run_at))
}

/// What an error is called where there is little room.
pub(super) fn short(error: &Failure) -> String {
    let line = error.message.lines().next().unwrap_or_default();
    // Where nothing better is known than that it is an error, the beginning of the message tells more.
    let name = if matches!(error.class.as_str(), "" | "Error") { line } else { &error.class };
    match name.char_indices().nth(ERROR_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None if name.is_empty() => error.kind.chars().take(ERROR_CHARACTERS_MAX).collect(),
        None => name.to_owned(),
    }
}

fn twin(life: &Life<'_>, look: &Look) -> Twin {
    let row = |phase: &Phase| {
        vec![
            word(phase.doing, look),
            look.clock(phase.from),
            look.clock(phase.to),
            look.duration(phase.to - phase.from),
        ]
    };
    let head = vec![look.m.job_column_state(), look.m.job_from(), look.m.job_to(), look.m.job_lasted()];
    Twin {
        summary: look.m.look_table(),
        head,
        rows: life.phases.iter().chain(&life.ahead).map(row).collect(),
        ..Twin::default()
    }
}
