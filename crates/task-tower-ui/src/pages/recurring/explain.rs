//! What an expression means, while somebody writes it.

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Html;
use serde::Deserialize;
use task_tower::Recurrence;

use super::record;
use crate::fault::Fault;
use crate::look::{Look, Stamp};
use crate::pages::frame::render;
use crate::visit::Visit;

/// As many next times as are told.
const SHOWN: usize = 5;

/// What is to be explained.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    expression: String,
    zone: String,
}

/// A piece of a page.
#[derive(Template)]
#[template(path = "parts/recurrence.html")]
pub(super) struct Explained {
    words: Option<String>,
    runs: Vec<(String, Stamp, Option<String>)>,
    fault: Option<String>,
    /// The expression, and a caret at the place.
    pointed: Option<String>,
    meant: Option<String>,
}

/// The script of the form asks for it; without one, the form itself is shown anew.
pub(crate) async fn explain(visit: Visit, asked: Result<Query<Asked>, QueryRejection>) -> Result<Html<String>, Fault> {
    let Query(asked) = asked.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    render(&Explained::of(&asked.expression, &asked.zone, &visit.look))
}

impl Explained {
    pub(super) fn of(expression: &str, zone: &str, look: &Look) -> Self {
        let zone = if zone.trim().is_empty() { "UTC" } else { zone.trim() };
        let nothing = Self { words: None, runs: Vec::new(), fault: None, pointed: None, meant: None };
        match Recurrence::new(expression, zone) {
            _ if expression.trim().is_empty() => nothing,
            Ok(recurrence) => {
                let told = |run: task_tower::Occurrence| {
                    let local = run.local().format("%Y-%m-%d %H:%M:%S").to_string();
                    (local, look.coming(run.at()), record::change(&run, look.m))
                };
                let runs = recurrence.upcoming(look.now).take(SHOWN).map(told).collect();
                Self { words: Some(recurrence.words()), runs, ..nothing }
            }
            Err(error) => Self {
                fault: Some(error.message().to_owned()),
                pointed: error.pointed(),
                meant: error.suggestion().map(str::to_owned),
                ..nothing
            },
        }
    }
}
