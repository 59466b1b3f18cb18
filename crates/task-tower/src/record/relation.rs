//! Which jobs await which.

use serde::Serialize;

use super::id::JobId;
use super::state::JobState;

/// The most jobs that one may await.
pub const PARENTS_MAX: usize = 100;

/// The most jobs of a chain.
pub const CHAIN_MAX: usize = 100;

/// What becomes of a job that awaits another one, if that does not complete: if it dies, or is cancelled or deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParentDeath {
    /// It is cancelled, with the reason `parent`; so are those that await it.
    #[default]
    Cancel,
    /// It runs all the same, when all that it awaits have ended.
    RunAnyway,
}

impl ParentDeath {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::RunAnyway => "run",
        }
    }
}

/// The jobs that one awaits, or awaited, and those that await it, or did.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Relations {
    /// What it awaits, in the order in which it was told so.
    pub parents: Vec<Relative>,
    /// What awaits it, the oldest first; at most [`RELATIVES_MAX`](crate::RELATIVES_MAX).
    pub children: Vec<Relative>,
}

/// A job that awaits another one, or is awaited by it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Relative {
    /// Its id.
    pub id: JobId,
    /// Its kind; `None` when it is not kept any more.
    pub kind: Option<String>,
    /// What people call the kind, if its configuration says so.
    pub display_name: Option<String>,
    /// Its queue; `None` when it is not kept any more.
    pub queue: Option<String>,
    /// Where it is in its life; `None` when it is not kept any more.
    pub state: Option<JobState>,
    /// How the one that was awaited had ended when it was looked at; `None` while it is awaited.
    pub outcome: Option<JobState>,
}
