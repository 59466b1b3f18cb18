//! What came while a chart went on: new versions of the program, as lines across it and in its name.

use chrono::TimeDelta;
use task_tower::{Deploy, Series, Window};

use crate::look::{Look, Mark};

/// So many are drawn, the newest.
const DRAWN_MAX: usize = 8;
/// As much of a version as is told.
const CHARACTERS_MAX: usize = 20;
/// Words that are nearer would stand on each other, as a share of the width.
const WORDS_APART: f64 = 0.6;

/// The newest one has its words beside it, and of the others those that have room.
pub(super) fn marks(look: &Look, series: &Series, deploys: &[Deploy]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for deploy in newest(deploys) {
        let at = place(series, deploy);
        let last_said = marks.iter().rev().find(|mark| mark.is_said);
        let is_said = last_said.is_none_or(|mark| mark.at - at > WORDS_APART);
        marks.push(Mark { at, words: words(look, series.window, deploy), is_said });
    }
    marks
}

/// What the chart shows, for who cannot see it.
pub(super) fn name(look: &Look, series: &Series, deploys: &[Deploy]) -> String {
    let throughput = look.m.overview_throughput();
    let told: Vec<String> = newest(deploys).rev().map(|deploy| words(look, series.window, deploy)).collect();
    match told.is_empty() {
        true => throughput,
        false => look.m.overview_with_deploys(throughput, told.join(", ")),
    }
}

fn newest(deploys: &[Deploy]) -> impl DoubleEndedIterator<Item = &Deploy> {
    deploys.iter().rev().take(DRAWN_MAX)
}

fn place(series: &Series, deploy: &Deploy) -> f64 {
    let begin = series.points.first().map_or(deploy.at, |point| point.at);
    let step = TimeDelta::from_std(series.window.step()).unwrap_or(TimeDelta::MAX);
    ((deploy.at - begin).as_seconds_f64() / step.as_seconds_f64() / series.points.len().max(1) as f64).clamp(0.0, 1.0)
}

fn words(look: &Look, window: Window, deploy: &Deploy) -> String {
    let time = match window {
        Window::Week | Window::Month => look.day(deploy.at),
        _ => look.minute(deploy.at),
    };
    let version = &deploy.app_version;
    match version.chars().count() > CHARACTERS_MAX {
        true => look.m.overview_deploy(time, version.chars().take(CHARACTERS_MAX - 1).chain(['…']).collect::<String>()),
        false => look.m.overview_deploy(time, version),
    }
}
