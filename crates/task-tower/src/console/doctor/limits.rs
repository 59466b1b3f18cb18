//! From when on something is not in order.

use std::time::Duration;

/// From when on the doctor warns. At six times a limit, a warning is a problem.
///
/// ```
/// use std::time::Duration;
/// use task_tower::DoctorLimits;
///
/// let mut limits = DoctorLimits::default();
/// limits.open_transaction = Duration::from_secs(60 * 60); // Reports run for an hour here.
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DoctorLimits {
    /// How long a transaction may be open: 5 minutes.
    pub open_transaction: Duration,
    /// How many dead rows a table may have, when they are more than the living ones: 50,000.
    pub dead_rows: u64,
    /// How much of `max_connections` may be in use, in percent: 80. A problem from 95 on, or from this on if it
    /// is more.
    pub connections_percent: f64,
    /// How much of the server's notification queue may be in use, in percent: 10.
    pub notifications_percent: f64,
    /// How far the clock of a worker may be from that of the database: 1 second. Never a problem: due times are
    /// the database's.
    pub clock_skew: Duration,
    /// How long 95 of 100 jobs that were due may have waited for their start, within the last hour: 1 minute. Never a
    /// problem: many jobs at once wait for a slot.
    pub start_wait: Duration,
    /// How much room there is for the database and the server's log, in bytes, which PostgreSQL does not tell: `None`,
    /// not known. A warning from 80% of it on, a problem from 95%.
    pub disk_bytes: Option<u64>,
}

impl Default for DoctorLimits {
    fn default() -> Self {
        Self {
            open_transaction: Duration::from_secs(5 * 60),
            dead_rows: 50_000,
            connections_percent: 80.0,
            notifications_percent: 10.0,
            clock_skew: Duration::from_secs(1),
            start_wait: Duration::from_secs(60),
            disk_bytes: None,
        }
    }
}
