//! How many jobs of each state fit a filter.

use std::collections::BTreeMap;

use serde::Deserialize;
use task_tower::JobState;

use super::answer::{Json, Number};
use super::ask::Asked;
use super::call::Call;
use crate::fault::Fault;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    q: String,
}

pub(super) async fn counts(
    call: Call,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<BTreeMap<&'static str, Number>>, Fault> {
    let counts = call.desk.counts(&call.filter(&wanted.q)?, &call.visitor).await?;
    let number = |state: &JobState| Some((state.as_str(), Number::from(*counts.get(state)?)));
    Ok(Json(JobState::ALL.iter().filter_map(number).collect()))
}
