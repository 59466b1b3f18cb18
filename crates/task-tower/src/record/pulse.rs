//! What changes when anything changes.

/// Marks of the present state, from [`Console::pulse`](crate::Console::pulse). They mean nothing by
/// themselves: a mark that differs from an earlier one says that it is worth looking again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pulse {
    /// Another one when jobs came, ended, or were changed by hand.
    pub jobs: String,
    /// Another one when queues were paused, resumed, or changed by hand.
    pub queues: String,
    /// Another one when workers came or went, or told of another number of busy slots.
    pub workers: String,
    /// Another one when an operation was begun, went on, or ended.
    pub operations: String,
    /// Another one when workers wrote what handlers logged.
    pub logs: String,
    /// Whether workers run jobs, or could: as long as they do, jobs change without a new mark.
    pub is_active: bool,
}
