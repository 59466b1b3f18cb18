//! Which versions of the program came when: the lines across the charts.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use task_tower::Deploy;

use super::answer::{Json, Moment};
use super::ask::Asked;
use super::call::Call;
use crate::fault::Fault;
use crate::messages::Messages;

/// How far back is looked unless it is said.
const USUAL: TimeDelta = TimeDelta::hours(24);

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    from: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
pub(super) struct Deploys {
    /// The oldest first; of very many the newest.
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    app_version: String,
    at: Moment,
}

/// Who sees a part of the jobs is not told what the others run on.
pub(super) async fn deploys(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Deploys>, Fault> {
    if !call.visitor.scope.is_all() {
        return Err(Fault::forbidden(Messages::api_versions_for_all));
    }
    let from = wanted.from.unwrap_or_else(|| Utc::now() - USUAL);
    let deploys = call.desk.console.deploys(from).await?;
    Ok(Json(Deploys { items: deploys.into_iter().map(Item::from).collect() }))
}

impl From<Deploy> for Item {
    fn from(deploy: Deploy) -> Self {
        Self { app_version: deploy.app_version, at: Moment(deploy.at) }
    }
}
