//! What pages can be told about.

use axum::response::sse::Event;
use task_tower::Pulse;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Jobs,
    Queues,
    Workers,
    Operations,
    Logs,
}

impl Topic {
    pub(super) const ALL: [Self; 5] = [Self::Jobs, Self::Queues, Self::Workers, Self::Operations, Self::Logs];

    fn as_str(self) -> &'static str {
        match self {
            Self::Jobs => "jobs",
            Self::Queues => "queues",
            Self::Workers => "workers",
            Self::Operations => "operations",
            Self::Logs => "logs",
        }
    }

    pub(super) fn mark(self, pulse: &Pulse) -> &str {
        match self {
            Self::Jobs => &pulse.jobs,
            Self::Queues => &pulse.queues,
            Self::Workers => &pulse.workers,
            Self::Operations => &pulse.operations,
            Self::Logs => &pulse.logs,
        }
    }
}

/// What is told to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// The way is open: nothing before it, and nothing that keeps words back.
    Hello,
    /// This changed.
    Changed(Topic),
    /// Nobody knows any more what this page was told: it has to look at everything.
    Resync,
}

impl Word {
    pub(super) fn event(self, id: String, rev: u64) -> Event {
        let name = match self {
            Self::Hello => "hello",
            Self::Changed(topic) => topic.as_str(),
            Self::Resync => "resync",
        };
        Event::default().id(id).event(name).data(format!("{{\"rev\":{rev}}}"))
    }
}
