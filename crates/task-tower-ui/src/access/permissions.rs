//! What a visitor may do: a small set of named permissions.

use std::fmt;

/// One thing that a visitor of the dashboard may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Permission {
    /// See the pages. Without it, nothing is answered at all.
    View,
    /// Put jobs back into their queues.
    Requeue,
    /// Let a job that waits for its time run at once.
    RunNow,
    /// Cancel jobs.
    Cancel,
    /// Give jobs up: they are dead, and kept.
    Discard,
    /// Delete jobs with their history.
    Delete,
    /// Change what a waiting job is: its queue, priority, time or payload.
    Edit,
    /// Enqueue jobs, also copies of others.
    Enqueue,
    /// Pause and resume queues, and say after how long a wait they are late.
    PauseQueues,
    /// Quiet and stop workers, and take those that died off the list.
    ManageWorkers,
    /// Mark groups of errors as resolved, or mute them.
    ResolveErrors,
    /// Begin, cancel and undo operations on everything that a filter finds.
    Operations,
    /// Save lists of jobs as views, and rename and delete them.
    SaveViews,
    /// Add, change, pause and remove recurring jobs, and run them now.
    ManageRecurring,
}

impl Permission {
    pub(crate) const ALL: [Self; 14] = [
        Self::View,
        Self::Requeue,
        Self::RunNow,
        Self::Cancel,
        Self::Discard,
        Self::Delete,
        Self::Edit,
        Self::Enqueue,
        Self::PauseQueues,
        Self::ManageWorkers,
        Self::ResolveErrors,
        Self::Operations,
        Self::SaveViews,
        Self::ManageRecurring,
    ];

    /// Its name in the program and in the API: `view`, `requeue`, `run_now`, ….
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Requeue => "requeue",
            Self::RunNow => "run_now",
            Self::Cancel => "cancel",
            Self::Discard => "discard",
            Self::Delete => "delete",
            Self::Edit => "edit",
            Self::Enqueue => "enqueue",
            Self::PauseQueues => "pause_queues",
            Self::ManageWorkers => "manage_workers",
            Self::ResolveErrors => "resolve_errors",
            Self::Operations => "operations",
            Self::SaveViews => "save_views",
            Self::ManageRecurring => "manage_recurring",
        }
    }
}

/// A set of [`Permission`]s.
///
/// ```
/// use task_tower_ui::{Permission, Permissions};
///
/// let support = Permissions::read_only().with(Permission::Requeue);
/// let operator = Permissions::all().without(Permission::Delete);
///
/// assert!(support.contains(Permission::Requeue) && !support.contains(Permission::Cancel));
/// assert!(operator.contains(Permission::Cancel) && !operator.contains(Permission::Delete));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    bits: u16,
}

impl Permissions {
    /// Everything, also what later versions add.
    #[must_use]
    pub const fn all() -> Self {
        Self { bits: u16::MAX }
    }

    /// To see, and nothing else.
    #[must_use]
    pub const fn read_only() -> Self {
        Self::none().with(Permission::View)
    }

    /// Nothing, not even to see.
    #[must_use]
    pub const fn none() -> Self {
        Self { bits: 0 }
    }

    /// The same, and this.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self { bits: self.bits | bit(permission) }
    }

    /// The same, but not this.
    #[must_use]
    pub const fn without(self, permission: Permission) -> Self {
        Self { bits: self.bits & !bit(permission) }
    }

    /// What both have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { bits: self.bits & other.bits }
    }

    /// Whether this is among them.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.bits & bit(permission) != 0
    }

    /// Whether nothing can be changed with them.
    #[must_use]
    pub const fn is_read_only(self) -> bool {
        self.without(Permission::View).bits == 0
    }
}

const fn bit(permission: Permission) -> u16 {
    1 << permission as u16
}

impl fmt::Debug for Permissions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = Permission::ALL.into_iter().filter(|permission| self.contains(*permission));
        out.debug_set().entries(held.map(Permission::as_str)).finish()
    }
}
