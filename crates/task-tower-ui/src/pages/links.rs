//! Where names lead, from the root of the dashboard.

use std::fmt;

use askama::filters::urlencode_strict;
use task_tower::ErrorGroup;

use crate::access::Visitor;
use crate::messages::Markup;

/// To the page of the queue.
pub(super) fn queue(name: &str) -> Markup {
    Markup::link(&crate::links::queue_page(name), name)
}

/// The queues in which a group of errors occurred, of those that the visitor sees. `root` is the way to the root of the
/// dashboard.
pub(super) fn queues(group: &ErrorGroup, visitor: &Visitor, root: &str) -> Markup {
    let seen = group.queues.iter().filter(|queue| visitor.scope.admits_queue(queue));
    let link = |queue: &String| Markup::link(&format!("{root}{}", crate::links::queue_page(queue)), queue);
    Markup::list(seen.map(link))
}

/// `root` is the way to the root of the dashboard.
pub(super) fn error(group: &ErrorGroup, root: &str) -> Markup {
    Markup::link(&format!("{root}errors/{}", encoded(&group.fingerprint)), &group.class)
}

/// The list of the jobs of a filter.
pub(super) fn jobs(filter: &str) -> String {
    format!("jobs?q={}", encoded(filter))
}

/// A name as the value of a filter, whatever letters it has.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    if !name.is_empty() && name.chars().all(is_plain) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

pub(super) fn encoded(text: impl fmt::Display) -> String {
    match urlencode_strict(text) {
        Ok(encoded) => encoded.to_string(),
        Err(never) => match never {},
    }
}
