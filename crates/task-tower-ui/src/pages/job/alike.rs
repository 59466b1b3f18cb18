//! How many jobs failed like this one, and where they and their group are.

use task_tower::{Count, JobFilter, JobRecord};

use crate::access::Visitor;
use crate::desk::Desk;
use crate::links;
use crate::messages::Messages;
use crate::pages::jobs::Counts;
use crate::say;

pub(super) struct Alike {
    pub(super) words: String,
    /// Both from the root.
    pub(super) jobs: String,
    pub(super) group: String,
}

/// `None` for a job that never failed.
pub(super) async fn alike(desk: &Desk, visitor: &Visitor, m: Messages, job: &JobRecord) -> Option<Alike> {
    let fingerprint = job.error_group.as_deref()?;
    let filter: JobFilter = format!("error:{fingerprint}").parse().ok()?;
    let count = Counts(desk.counts(&filter, visitor).await.ok()).all();
    Some(Alike { words: words(m, count), jobs: links::jobs(&filter), group: format!("errors/{fingerprint}") })
}

/// It is counted up to a limit, and not at all when that takes too long.
fn words(m: Messages, count: Option<Count>) -> String {
    match count {
        None => m.job_failures_like_this(),
        Some(Count::Exact(1)) => m.job_only_failure(),
        Some(count) => m.job_so_many_failures(say::counted(count)),
    }
}
