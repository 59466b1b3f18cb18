//! What may be meant by a filter that is being written.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use task_tower::{Suggestion, Suggestions};

use super::answer::Json;
use super::ask::{Asked, plain};
use super::call::Call;
use crate::fault::Fault;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    q: String,
    /// How many characters stand before it; all of them if it is not said.
    cursor: Option<usize>,
    of: Of,
}

/// What the filter is of.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    #[default]
    Jobs,
    Errors,
}

#[derive(Serialize)]
pub(super) struct Suggested {
    /// The characters that a suggestion replaces.
    place: Range<usize>,
    items: Vec<Item>,
    sampled: Option<u64>,
}

#[derive(Serialize)]
struct Item {
    text: String,
    note: Option<String>,
}

pub(super) async fn suggest(call: Call, Asked(wanted): Asked<Wanted>) -> Result<Json<Suggested>, Fault> {
    plain("q", &wanted.q)?;
    let (desk, visitor, cursor) = (&call.desk, &call.visitor, wanted.cursor.unwrap_or(usize::MAX));
    let told = match wanted.of {
        Of::Jobs => desk.suggest(&wanted.q, cursor, visitor).await?,
        Of::Errors => desk.suggest_errors(&wanted.q, cursor, visitor).await?,
    };
    Ok(Json(told.into()))
}

impl From<Suggestions> for Suggested {
    fn from(told: Suggestions) -> Self {
        let item = |Suggestion { text, note, .. }| Item { text, note };
        Self { place: told.place, items: told.suggestions.into_iter().map(item).collect(), sampled: told.sampled }
    }
}
