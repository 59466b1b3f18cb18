//! An action on all jobs of a filter, as a program asks for it.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use task_tower::Action;

use crate::fault::Fault;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Plan {
    action: String,
    /// Has to be said, also when it is empty: everything is never meant by forgetting something.
    filter: Option<String>,
    reason: Option<String>,
    queue: Option<String>,
    priority: Option<i16>,
    run_at: Option<DateTime<Utc>>,
    /// The time of the preview.
    pub(super) created_before: Option<DateTime<Utc>>,
    pub(super) name: String,
    /// How many jobs the caller expects, where that has to be said.
    pub(super) confirm: Option<u64>,
}

impl Plan {
    pub(super) fn filter(&self) -> Result<&str, Fault> {
        self.filter.as_deref().ok_or_else(|| missing("filter"))
    }

    /// What is to be done. A field that the action has no use for is refused.
    pub(super) fn action(&self) -> Result<Action, Fault> {
        let mut rest = self.clone();
        let action = match self.action.as_str() {
            "requeue" => Action::Requeue,
            "run_now" => Action::RunNow,
            "cancel" => Action::Cancel { reason: rest.reason.take() },
            "discard" => Action::Discard { reason: rest.reason.take() },
            "delete" => Action::Delete,
            "move" => Action::Move { queue: rest.queue.take().ok_or_else(|| missing("queue"))? },
            "prioritize" => Action::Prioritize { priority: rest.priority.take().ok_or_else(|| missing("priority"))? },
            "reschedule" => Action::Reschedule { run_at: rest.run_at.take().ok_or_else(|| missing("run_at"))? },
            "" => return Err(missing("action")),
            _ => return Err(Fault::said(StatusCode::BAD_REQUEST, |m| m.api_no_action())),
        };
        match rest.left_over() {
            Some(field) => Err(Fault::said(StatusCode::BAD_REQUEST, move |m| m.api_no_use(action.as_str(), field))),
            None => Ok(action),
        }
    }

    fn left_over(&self) -> Option<&'static str> {
        let fields = [
            ("reason", self.reason.is_some()),
            ("queue", self.queue.is_some()),
            ("priority", self.priority.is_some()),
            ("run_at", self.run_at.is_some()),
        ];
        fields.into_iter().find(|(_, is_given)| *is_given).map(|(field, _)| field)
    }
}

fn missing(field: &'static str) -> Fault {
    Fault::said(StatusCode::BAD_REQUEST, move |m| m.api_missing(field))
}
