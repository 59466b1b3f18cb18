//! The state timeline: what the job did when, on one axis, and a row for each of its latest runs.

use chrono::{DateTime, TimeDelta, Utc};
use task_tower::{Failure, JobRecord, JobState};

use super::axis::Axis;
use super::life::{Doing, Life, Outcome, Phase, Run};
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

pub(super) fn plot(job: &JobRecord, life: &Life<'_>, look: &Look) -> Plot {
    let begin = life.phases.first().map_or(job.created_at, |phase| phase.from);
    let present = job.finished_at.unwrap_or(look.now);
    let end = life.ahead.map_or(present, |phase| phase.to);
    let axis = Axis::new(look, begin, end.max(begin));
    let first = life.runs.len().saturating_sub(ROWS_MAX);
    let runs = life.runs[first..].iter().map(|run| run_row(run, &axis, look));
    Timeline {
        name: look.m.job_timeline_of(job.name()),
        ticks: axis.marks(look),
        rows: [job_row(job, life, &axis, look)].into_iter().chain(runs).collect(),
        now: job.finished_at.is_none().then(|| (axis.share(look.now), look.m.job_now(look.clock(look.now)))),
        twin: twin(life, look),
    }
    .plot()
}

fn job_row(job: &JobRecord, life: &Life<'_>, axis: &Axis, look: &Look) -> Row {
    let mut spans: Vec<Span> = life.phases.iter().map(|phase| span(phase, axis, inside(phase, life, look))).collect();
    spans.extend(life.ahead.map(|phase| Span { form: Form::Future, ..span(&phase, axis, ahead(job, look)) }));
    let end = job.state.is_final().then(|| (job.state.as_str(), look.m.state(job.state)));
    Row { label: look.m.job_one(), spans, after: end }
}

fn run_row(run: &Run<'_>, axis: &Axis, look: &Look) -> Row {
    let ended = run.ended.unwrap_or(look.now);
    let mut spans = Vec::new();
    if run.began > run.due {
        spans.push(span(&phase(Doing::Queued, run.due, run.began), axis, String::new()));
    }
    spans.push(span(&phase(Doing::Running, run.began, ended), axis, String::new()));
    let class = if run.outcome == Outcome::State(JobState::Dead) { "dead" } else { "failed" };
    let after = run.error.map(|error| (class, short(error)));
    Row { label: look.m.job_attempt_row(run.attempt), spans, after }
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
