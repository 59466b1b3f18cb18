//! Why the list is empty, and what can be done about it.

use task_tower::{Count, JobFilter};

use super::asked::Chip;
use super::tabs::Counts;
use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::say;

/// The term without which most jobs would fit.
pub(super) struct Narrowest {
    pub(super) chip: Chip,
    pub(super) said: String,
}

/// `None` when no single term is to blame. What takes too long to count is not looked at.
pub(super) async fn narrowest(
    desk: &Desk,
    visitor: &Visitor,
    filter: &JobFilter,
    chips: Vec<Chip>,
) -> Result<Option<Narrowest>, Fault> {
    let (mut most, mut found) = (0, None);
    for (term, chip) in filter.terms().iter().zip(chips).filter(|(term, _)| term.key() != "sort") {
        let without = filter.clone().without(term);
        let Some(count) = count(desk, visitor, &without).await? else { continue };
        if count.number() > most {
            most = count.number();
            found = Some(Narrowest { chip, said: say::counted(count) });
        }
    }
    Ok(found)
}

async fn count(desk: &Desk, visitor: &Visitor, filter: &JobFilter) -> Result<Option<Count>, Fault> {
    let counts = desk.counts(&filter.clone().without_key("state"), visitor).await;
    Ok(Counts(Fault::unless_too_slow(counts)?).listed(filter))
}

/// Whether there is any job that this visitor may see.
pub(super) fn is_first_run(filter: &JobFilter, counts: &Counts) -> bool {
    filter.terms().is_empty() && counts.all().is_some_and(|count| count.number() == 0)
}
