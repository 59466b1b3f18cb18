//! The states as tabs under the filter, each with how many jobs are in it.

use std::collections::BTreeMap;

use task_tower::{Count, JobFilter, JobState, Page};

use super::wanted::Wanted;
use crate::badge::Badge;
use crate::look::Look;
use crate::say;

pub(super) struct Tab {
    pub(super) badge: Badge,
    /// Empty when it could not be counted.
    pub(super) count: String,
    pub(super) link: String,
    pub(super) current: bool,
}

/// How many jobs of each state fit the filter, whatever states it names; `None` when counting took too long.
pub(in crate::pages) struct Counts(pub(in crate::pages) Option<BTreeMap<JobState, Count>>);

impl Counts {
    /// Those of a list that is one page: there is nothing that is not on it.
    pub(super) fn of_whole_list(page: &Page, filter: &JobFilter, wanted: &Wanted) -> Option<Self> {
        let is_whole = wanted.is_first() && wanted.upto.is_empty() && page.next.is_none() && page.searched.complete;
        let mut counts = JobState::ALL.map(|state| (state, 0)).into_iter().collect::<BTreeMap<_, _>>();
        page.jobs.iter().for_each(|job| *counts.entry(job.state).or_default() += 1);
        let counts = counts.into_iter().map(|(state, number)| (state, Count::Exact(number)));
        (is_whole && !is_narrowed(filter)).then(|| Self(Some(counts.collect())))
    }

    /// Of all tabs together.
    pub(in crate::pages) fn all(&self) -> Option<Count> {
        self.of(&JobState::ALL)
    }

    /// Of what is listed.
    pub(super) fn listed(&self, filter: &JobFilter) -> Option<Count> {
        self.of(&chosen(filter))
    }

    fn of(&self, states: &[JobState]) -> Option<Count> {
        let counts = self.0.as_ref()?;
        Some(states.iter().filter_map(|state| counts.get(state)).fold(Count::Exact(0), |sum, count| plus(sum, *count)))
    }
}

pub(super) fn tabs(look: &Look, counts: &Counts, filter: &JobFilter, wanted: &Wanted) -> Vec<Tab> {
    let others = filter.clone().without_key("state");
    let (chosen, is_narrowed) = (chosen(filter), is_narrowed(filter));
    let tab = |state: JobState| Tab {
        badge: look.badge(state),
        count: counts.of(&[state]).map(say::counted).unwrap_or_default(),
        link: wanted.link(&others.clone().states([state])),
        current: is_narrowed && chosen.contains(&state),
    };
    let is_any = |state| counts.of(&[state]).is_some_and(|count| count.number() > 0);
    // Most towers have none that await others, and miss nothing.
    let is_shown =
        |state: &JobState| *state != JobState::Awaiting || is_any(*state) || (is_narrowed && chosen.contains(state));
    JobState::ALL.into_iter().filter(is_shown).map(tab).collect()
}

/// Whether the filter names states.
pub(super) fn is_narrowed(filter: &JobFilter) -> bool {
    filter.terms().iter().any(|term| term.key() == "state")
}

/// The states that the filter lets through.
fn chosen(filter: &JobFilter) -> Vec<JobState> {
    let fits = |state: &JobState| {
        let mut terms = filter.terms().iter().filter(|term| term.key() == "state");
        terms.all(|term| term.values().iter().any(|value| value == state.as_str()) != term.is_negated())
    };
    JobState::ALL.into_iter().filter(fits).collect()
}

/// As exact as the less exact of them.
fn plus(one: Count, other: Count) -> Count {
    let number = one.number() + other.number();
    match (one, other) {
        (Count::Exact(_), Count::Exact(_)) => Count::Exact(number),
        (Count::AtLeast(_), _) | (_, Count::AtLeast(_)) => Count::AtLeast(number),
        _ => Count::Estimate(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_listed_is_what_all_terms_let_through() {
        let chosen = |text: &str| chosen(&text.parse().unwrap()).iter().map(|state| state.as_str()).collect::<Vec<_>>();

        assert_eq!(chosen("queue:mail").len(), JobState::ALL.len());
        assert_eq!(chosen("state:dead,failed"), ["failed", "dead"]);
        assert_eq!(chosen("state:dead,failed -state:dead"), ["failed"]);
    }

    #[test]
    fn a_sum_is_as_exact_as_its_parts() {
        let counts = |counts: &[(JobState, Count)]| Counts(Some(counts.iter().copied().collect())).all().unwrap();

        assert_eq!(counts(&[(JobState::Dead, Count::Exact(2)), (JobState::Failed, Count::Exact(3))]), Count::Exact(5));
        assert_eq!(
            counts(&[(JobState::Dead, Count::Exact(2)), (JobState::Failed, Count::AtLeast(3))]),
            Count::AtLeast(5)
        );
        assert_eq!(
            counts(&[(JobState::Completed, Count::Estimate(20_000)), (JobState::Dead, Count::Exact(3))]),
            Count::Estimate(20_003)
        );
    }
}
