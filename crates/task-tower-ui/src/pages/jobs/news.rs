//! What was done a moment ago, as a notice above the list.

use task_tower::OperationId;

use super::wanted::Wanted;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::Look;
use crate::messages::Messages;

pub(super) struct Notice {
    pub(super) words: String,
    /// Whether anything was done at all.
    pub(super) good: bool,
    /// The operation that can be undone.
    pub(super) undo: Option<i64>,
    /// This list, from the root, without the notice.
    pub(super) back: String,
}

pub(super) async fn notice(
    desk: &Desk,
    visitor: &Visitor,
    look: &Look,
    wanted: &Wanted,
) -> Result<Option<Notice>, Fault> {
    let news = &wanted.news;
    let number = |text: &str| text.parse::<u64>().unwrap_or_default();
    let (jobs, skipped) = (number(&news.jobs), number(&news.skipped));
    let Some(done) = look.m.jobs_done(&news.done, jobs) else { return Ok(None) };
    Ok(Some(Notice {
        words: words(look.m, jobs, skipped, done),
        good: jobs > 0,
        undo: undo(desk, visitor, look, &news.operation).await?,
        back: wanted.list(),
    }))
}

fn words(m: Messages, jobs: u64, skipped: u64, done: String) -> String {
    match (jobs, skipped) {
        (0, 0) => m.jobs_none_picked(),
        (0, skipped) => m.jobs_all_skipped(skipped),
        (_, 0) => m.sentence(done),
        (_, skipped) => m.jobs_done_but(done, m.jobs_skipped(skipped)),
    }
}

/// The address may be anybody's: what it names is looked up.
async fn undo(desk: &Desk, visitor: &Visitor, look: &Look, id: &str) -> Result<Option<i64>, Fault> {
    let Ok(id) = id.parse::<i64>() else { return Ok(None) };
    if !visitor.permissions.contains(Permission::Operations) {
        return Ok(None);
    }
    let record = match desk.console.operation(OperationId(id)).await {
        Err(error) if error.is_not_found() => return Ok(None),
        record => record?,
    };
    let is_open = record.undone_at.is_none() && record.undo_until.is_some_and(|until| until > look.now);
    Ok((is_open && record.actor == visitor.actor).then_some(id))
}
