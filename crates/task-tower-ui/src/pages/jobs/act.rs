//! The buttons of the list: something is done to the jobs that were picked.

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::{Extension, Form};
use chrono::{DateTime, Utc};
use task_tower::{Action, Done, JobId};

use super::wanted::Wanted;
use crate::access::Visitor;
use crate::actions::{REASON, unreadable};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::Look;
use crate::messages::Messages;
use crate::pages::operations::permission;
use crate::visit::Visit;

/// Names and values in their order; the ids are many.
struct Filled(Vec<(String, String)>);

pub(crate) async fn act(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Redirect, Fault> {
    let form = Filled(form.map_err(|rejection| unreadable(&rejection))?.0);
    let action = form.action(&visit.look)?;
    let console = desk.hand(permission(&action), &visitor)?;
    let ids = form.ids()?;
    let seen = desk.in_sight(&ids, &visitor).await?;
    let done = console.act(&action, &seen).await?;
    Ok(Redirect::to(&format!("../{}", form.back().telling(&news(&action, &done, ids.len())))))
}

/// What the list says of it; those out of sight are among the skipped.
fn news(action: &Action, done: &Done, picked: usize) -> Vec<(&'static str, String)> {
    let operation = done.operation.map(|id| id.to_string()).unwrap_or_default();
    vec![
        ("done", action.as_str().to_owned()),
        ("jobs", done.done.len().to_string()),
        ("skipped", (picked - done.done.len()).to_string()),
        ("operation", operation),
    ]
}

impl Filled {
    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// Each once.
    fn ids(&self) -> Result<Vec<JobId>, Fault> {
        let ids = self.0.iter().filter(|(name, _)| name == "id");
        let mut ids = ids.map(|(_, id)| Ok(id.parse()?)).collect::<Result<Vec<JobId>, Fault>>()?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    fn action(&self, look: &Look) -> Result<Action, Fault> {
        let reason = Some(REASON.to_owned());
        Ok(match self.get("action") {
            "requeue" => Action::Requeue,
            "run_now" => Action::RunNow,
            "cancel" => Action::Cancel { reason },
            "discard" => Action::Discard { reason: None },
            "delete" => Action::Delete,
            "move" => Action::Move { queue: self.get("queue").to_owned() },
            "prioritize" => Action::Prioritize { priority: self.priority()? },
            "reschedule" => Action::Reschedule { run_at: self.run_at(look)? },
            _ => return Err(Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_button)),
        })
    }

    fn priority(&self) -> Result<i16, Fault> {
        let wrong = |_| Fault::said(StatusCode::BAD_REQUEST, Messages::jobs_no_priority);
        self.get("priority").parse().map_err(wrong)
    }

    /// In the zone of the reader, as a browser writes it.
    fn run_at(&self, look: &Look) -> Result<DateTime<Utc>, Fault> {
        look.typed(self.get("run_at")).ok_or_else(|| Fault::said(StatusCode::BAD_REQUEST, Messages::jobs_no_time))
    }

    /// The list on which the button was pressed.
    fn back(&self) -> Wanted {
        let own = |name| self.get(name).to_owned();
        Wanted {
            q: own("q"),
            cols: own("cols"),
            all: own("all"),
            after: own("after"),
            before: own("before"),
            ..Wanted::default()
        }
    }
}
