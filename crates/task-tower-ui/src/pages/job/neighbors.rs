//! The jobs before and after this one, in the list that its reader came from. The address has the filter of that list: it is
//! asked anew from this job on, so that it does not matter how long ago that was, nor on which of its pages.

use futures_util::future;
use task_tower::{JobFilter, JobId};

use crate::access::Visitor;
use crate::desk::Desk;
use crate::links;
use crate::look::Look;

pub(super) struct Neighbors {
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

/// The end of the address of a job that is shown from the list of this filter.
pub(crate) fn tail(from: Option<&str>) -> String {
    from.map(|filter| format!("?from={}", links::encode(filter))).unwrap_or_default()
}

/// `None` for who did not come from a list, or from one that is no filter or not for them.
pub(super) async fn neighbors(
    desk: &Desk,
    visitor: &Visitor,
    look: &Look,
    from: Option<&str>,
    id: JobId,
) -> Option<Neighbors> {
    let filter = desk.filter(from?, visitor, look).ok()?.limit(1);
    let (before, after) = (filter.clone().before(id), filter.after(id));
    let (previous, next) = future::join(first(desk, visitor, &before), first(desk, visitor, &after)).await;
    let link = |id: JobId| format!("{id}{}", tail(from));
    Some(Neighbors { previous: previous.map(link), next: next.map(link) })
}

/// None that takes too long to find is there: the page is shown without the link.
async fn first(desk: &Desk, visitor: &Visitor, filter: &JobFilter) -> Option<JobId> {
    desk.jobs(filter, visitor).await.ok()?.jobs.first().map(|job| job.id)
}
