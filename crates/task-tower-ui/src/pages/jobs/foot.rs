//! What stands under the list: how much of it is shown, what was searched, and the way on.

use task_tower::{Count, JobFilter, Page};

use super::views::is_newest_first;
use super::wanted::Wanted;
use crate::messages::Messages;
use crate::say;

pub(super) struct Foot {
    /// What is shown, and how far it was searched.
    pub(super) words: Vec<String>,
    /// The same list, searched to its end, where it was not.
    pub(super) everything: Option<String>,
    pub(super) prev: Option<String>,
    pub(super) next: Option<String>,
}

impl Foot {
    pub(super) fn new(
        m: Messages,
        page: Option<&Page>,
        total: Option<Count>,
        filter: &JobFilter,
        wanted: &Wanted,
    ) -> Self {
        let Some(page) = page else {
            return Self { words: vec![m.jobs_searched_nothing()], everything: None, prev: None, next: None };
        };
        let complete = page.searched.complete;
        Self {
            words: words(m, page, total, filter, wanted),
            everything: (!complete).then(|| wanted.exhaustively()),
            prev: page.prev.map(|id| wanted.at("before", &id.to_string())),
            next: page.next.map(|id| wanted.at("after", &id.to_string())),
        }
    }
}

/// Of nothing there is nothing to count.
fn words(m: Messages, page: &Page, total: Option<Count>, filter: &JobFilter, wanted: &Wanted) -> Vec<String> {
    match page.jobs.is_empty() {
        true => vec![searched(m, page)],
        false => vec![shown(m, page, total, filter, wanted), m.jobs_counts_exact(), searched(m, page)],
    }
}

fn shown(m: Messages, page: &Page, total: Option<Count>, filter: &JobFilter, wanted: &Wanted) -> String {
    let (rows, total) = (say::with_commas(page.jobs.len() as u64), total.map(say::counted));
    match (total, wanted.is_first(), is_newest_first(filter)) {
        (None, ..) => m.jobs_shown(page.jobs.len() as u64),
        (Some(total), true, true) => m.jobs_newest_of(rows, total),
        (Some(total), true, false) => m.jobs_oldest_of(rows, total),
        (Some(total), false, _) => m.jobs_some_of(rows, total),
    }
}

fn searched(m: Messages, page: &Page) -> String {
    match (page.searched.complete, page.searched.rows) {
        (true, _) => m.jobs_searched_all(),
        (false, Some(rows)) => m.jobs_searched_newest(say::with_commas(rows)),
        (false, None) => m.jobs_searched_some(),
    }
}
