//! The keys of the filter language.

use crate::config::nearest;

/// What a term is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A bare word.
    Word,
    Args,
    Attempts,
    Batch,
    Created,
    Error,
    Finished,
    Id,
    Kind,
    Parent,
    Priority,
    Queue,
    Recurring,
    Run,
    Sort,
    State,
    Tag,
    Wait,
    Worker,
}

impl Key {
    /// All that can be written, in the order in which they are suggested.
    pub(crate) const ALL: [Key; 18] = [
        Key::State,
        Key::Queue,
        Key::Kind,
        Key::Tag,
        Key::Args,
        Key::Id,
        Key::Error,
        Key::Batch,
        Key::Parent,
        Key::Worker,
        Key::Recurring,
        Key::Attempts,
        Key::Priority,
        Key::Created,
        Key::Finished,
        Key::Run,
        Key::Wait,
        Key::Sort,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Key::Word => "",
            Key::Args => "args",
            Key::Attempts => "attempts",
            Key::Batch => "batch",
            Key::Created => "created",
            Key::Error => "error",
            Key::Finished => "finished",
            Key::Id => "id",
            Key::Kind => "kind",
            Key::Parent => "parent",
            Key::Priority => "priority",
            Key::Queue => "queue",
            Key::Recurring => "recurring",
            Key::Run => "run",
            Key::Sort => "sort",
            Key::State => "state",
            Key::Tag => "tag",
            Key::Wait => "wait",
            Key::Worker => "worker",
        }
    }

    pub(super) fn find(name: &str) -> Option<Key> {
        Self::ALL.into_iter().find(|key| key.as_str() == name)
    }

    /// The key that may have been meant.
    pub(super) fn nearest(name: &str) -> Option<&'static str> {
        let lower = name.to_lowercase();
        let known = Self::ALL.map(Key::as_str);
        let singular = || known.into_iter().find(|key| lower.strip_suffix('s') == Some(*key));
        let begun = || known.into_iter().find(|key| lower.len() >= 2 && key.starts_with(&*lower));
        nearest(&lower, &known).or_else(singular).or_else(begun)
    }
}
