//! Kinds of jobs, and what their runs were like.

use serde::{Deserialize, Serialize};
use task_tower::{Counts, KindRecord};

use super::answer::{Json, Times};
use super::ask::{Asked, Named};
use super::call::Call;
use super::span::window;
use crate::fault::Fault;
use crate::pages::find_kind;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    pub(super) window: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Kind {
    name: String,
    display_name: Option<String>,
    counts: Counts,
    success_rate: Option<f64>,
    wait: Option<Times>,
    run: Option<Times>,
}

#[derive(Serialize)]
pub(super) struct Kinds {
    items: Vec<Kind>,
}

pub(super) async fn list(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Kinds>, Fault> {
    let kinds = call.desk.console.kinds(window(wanted.window.as_deref())?).await?.into_iter();
    let seen = kinds.filter(|kind| call.visitor.scope.admits_kind(&kind.name));
    Ok(Json(Kinds { items: seen.map(Kind::from).collect() }))
}

pub(super) async fn show(call: Call, Named(name): Named, Asked(wanted): Asked<Wanted>) -> Result<Json<Kind>, Fault> {
    let window = window(wanted.window.as_deref())?;
    Ok(Json(find_kind(&call.desk, &call.visitor, &name, window).await?.kind.into()))
}

impl From<KindRecord> for Kind {
    fn from(kind: KindRecord) -> Self {
        Self {
            name: kind.name,
            display_name: kind.display_name,
            counts: kind.counts,
            success_rate: kind.success_rate,
            wait: kind.wait.map(Times::from),
            run: kind.run.map(Times::from),
        }
    }
}
