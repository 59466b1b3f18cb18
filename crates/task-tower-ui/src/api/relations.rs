//! What a job awaits, and what awaits it.

use serde::Serialize;
use task_tower::{JobId, JobState, Relative};

use super::answer::Json;
use super::ask::Named;
use super::call::Call;
use crate::fault::Fault;

#[derive(Serialize)]
pub(super) struct Relations {
    parents: Vec<Kin>,
    children: Vec<Kin>,
}

#[derive(Serialize)]
struct Kin {
    id: String,
    kind: Option<String>,
    display_name: Option<String>,
    queue: Option<String>,
    state: Option<JobState>,
    outcome: Option<JobState>,
}

pub(super) async fn show(call: Call, Named(id): Named) -> Result<Json<Relations>, Fault> {
    let job = call.desk.job(id.parse()?, &call.visitor).await?;
    let relations = call.desk.console.relations(job.id).await?;
    let ids: Vec<JobId> = relations.parents.iter().chain(&relations.children).map(|kin| kin.id).collect();
    let seen = call.desk.in_sight(&ids, &call.visitor).await?;
    // One that is gone tells nothing.
    let all = |kin: Vec<Relative>| {
        kin.into_iter().filter(|kin| kin.state.is_none() || seen.contains(&kin.id)).map(Kin::from).collect()
    };
    Ok(Json(Relations { parents: all(relations.parents), children: all(relations.children) }))
}

impl From<Relative> for Kin {
    fn from(kin: Relative) -> Self {
        Self {
            id: kin.id.to_string(),
            kind: kin.kind,
            display_name: kin.display_name,
            queue: kin.queue,
            state: kin.state,
            outcome: kin.outcome,
        }
    }
}
