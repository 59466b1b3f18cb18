//! Kinds of jobs, and what their runs were like.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use task_tower::{
    AttemptCount, Counts, KINDS_MAX, KindDetails, KindFilter, KindRecord, KindRegistration, KindSetup, KindSort,
};

use super::answer::{Json, Times};
use super::ask::{Asked, Named, limit, plain};
use super::call::Call;
use super::span::window;
use crate::fault::Fault;
use crate::messages::Messages;
use crate::pages::find_kind;

/// So many kinds are listed, unless it is said.
const PAGE: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    pub(super) window: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WantedList {
    window: Option<String>,
    /// A part of the name.
    q: Option<String>,
    sort: Option<String>,
    /// The kind behind which the page begins.
    after: Option<String>,
    limit: Option<usize>,
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

/// One kind, and how it is run.
#[derive(Serialize)]
pub(super) struct Details {
    #[serde(flatten)]
    kind: Kind,
    registrations: Vec<Registration>,
    attempts: Vec<AttemptCount>,
}

#[derive(Serialize)]
struct Registration {
    setup: KindSetup,
    workers: Vec<String>,
    versions: Vec<String>,
    lives: bool,
}

#[derive(Serialize)]
pub(super) struct Kinds {
    items: Vec<Kind>,
    /// What to give as `after` for the next ones.
    next: Option<String>,
    total: u64,
}

pub(super) async fn list(call: Call, Asked(wanted): Asked<WantedList>) -> Result<Json<Kinds>, Fault> {
    let page = call.desk.console.page_of_kinds(&wanted.filter(&call)?).await?;
    Ok(Json(Kinds { items: page.kinds.into_iter().map(Kind::from).collect(), next: page.next, total: page.total }))
}

impl WantedList {
    fn filter(&self, call: &Call) -> Result<KindFilter, Fault> {
        let (part, after) = (self.q.as_deref().unwrap_or_default(), self.after.as_deref());
        plain("q", part)?;
        plain("after", after.unwrap_or_default())?;
        let patterns = call.visitor.scope.kind_patterns().map(<[String]>::to_vec);
        let filter = KindFilter::new(window(self.window.as_deref())?).part(part).scoped(patterns);
        let filter = filter.sort(sort(self.sort.as_deref())?).limit(limit(self.limit, KINDS_MAX, PAGE)?);
        Ok(match after {
            Some(after) => filter.after(after),
            None => filter,
        })
    }
}

fn sort(wanted: Option<&str>) -> Result<KindSort, Fault> {
    let known = |name: &str| KindSort::ALL.into_iter().find(|sort| sort.as_str() == name);
    match wanted {
        None => Ok(KindSort::Name),
        Some(name) => known(name).ok_or_else(|| Fault::said(StatusCode::BAD_REQUEST, Messages::api_no_kind_sort)),
    }
}

pub(super) async fn show(call: Call, Named(name): Named, Asked(wanted): Asked<Wanted>) -> Result<Json<Details>, Fault> {
    let window = window(wanted.window.as_deref())?;
    Ok(Json(find_kind(&call.desk, &call.visitor, &name, window).await?.into()))
}

impl From<KindDetails> for Details {
    fn from(details: KindDetails) -> Self {
        Self {
            kind: details.kind.into(),
            registrations: details.registrations.into_iter().map(Registration::from).collect(),
            attempts: details.attempts,
        }
    }
}

impl From<KindRegistration> for Registration {
    fn from(registration: KindRegistration) -> Self {
        Self {
            setup: registration.setup,
            workers: registration.workers.iter().map(ToString::to_string).collect(),
            versions: registration.versions,
            lives: registration.lives,
        }
    }
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
