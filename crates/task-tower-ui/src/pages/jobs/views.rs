//! Ready-made filters, and the order of the list.

use task_tower::JobFilter;

use super::wanted::Wanted;
use crate::links;
use crate::messages::Messages;

/// A list that a menu leads to.
pub(super) struct View {
    pub(super) word: String,
    pub(super) link: String,
    pub(super) current: bool,
}

type Word = fn(Messages) -> String;

const SAVED: [(Word, &str); 4] = [
    (Messages::jobs_view_failing, "state:failed"),
    (Messages::jobs_view_late, "state:enqueued wait:>1m sort:created"),
    (Messages::jobs_view_long, "state:processing run:>5m"),
    (Messages::jobs_view_dead, "state:dead finished:<24h"),
];

pub(super) fn saved(m: Messages) -> Vec<View> {
    let view = |(word, q): &(Word, &str)| View { word: word(m), link: links::with(&[("q", q)]), current: false };
    SAVED.iter().map(view).collect()
}

pub(super) fn orders(m: Messages, filter: &JobFilter, wanted: &Wanted) -> [View; 2] {
    let plain = filter.clone().without_key("sort");
    let oldest = "sort:created".parse().expect("this is a term");
    let newest_first = is_newest_first(filter);
    [
        View { word: m.jobs_newest_first(), link: wanted.link(&plain), current: newest_first },
        View { word: m.jobs_oldest_first(), link: wanted.link(&plain.with(oldest)), current: !newest_first },
    ]
}

pub(super) fn is_newest_first(filter: &JobFilter) -> bool {
    !filter.terms().iter().any(|term| term.key() == "sort" && term.values() == ["created"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_is_a_filter() {
        for (_, q) in SAVED {
            assert_eq!(q.parse::<JobFilter>().unwrap().to_string(), q);
        }
    }
}
