//! The names of everything that is measured, with what they mean. The only place where they stand in this crate.

/// Something that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metric {
    /// Its name, by the conventions of Prometheus: with its unit, and `_total` if it only grows.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: MetricKind,
    /// By what it is told apart: never by the id of anything.
    pub labels: &'static [&'static str],
    /// What it means.
    pub help: &'static str,
    /// Whether the feature `metrics` records it in the process where it happens.
    pub is_recorded: bool,
    /// Whether a dashboard serves it from what the database knows, with or without a recorder.
    pub is_served: bool,
}

/// What kind of number a [`Metric`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricKind {
    /// It only grows, and begins anew with the process.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It counts how often values fell into each of some classes.
    Histogram,
}

impl MetricKind {
    /// The kind as a word: `counter`, `gauge` or `histogram`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// The upper bounds that suit histograms whose name ends in `_seconds`: from half a millisecond to an hour.
///
/// The facade leaves the classes to the recorder: give it these, or it may tell quantiles instead, which cannot be
/// added up over processes.
pub const SECONDS_BUCKETS: [f64; 18] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 600.0, 3600.0];

/// The upper bounds that suit histograms whose name ends in `_jobs`: of how many jobs a batch was.
pub const JOBS_BUCKETS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// The most queues that are told apart in what is measured of queues: the first ones by name.
pub const METRIC_QUEUES_MAX: usize = 200;

/// The most pairs of kind and queue that a process tells apart; both are `other` in what is beyond.
pub const METRIC_SERIES_MAX: usize = 1_000;

macro_rules! metrics {
    ($($constant:ident = $kind:ident $name:literal [$($label:literal),*] $by:ident $help:literal;)*) => {
        $(pub(super) const $constant: Metric = Metric {
            name: $name,
            kind: MetricKind::$kind,
            labels: &[$($label),*],
            help: $help,
            is_recorded: matches!(By::$by, By::Process | By::Both),
            is_served: matches!(By::$by, By::Database | By::Both),
        };)*

        /// Everything that is measured.
        pub const METRICS: &[Metric] = &[$($constant),*];
    };
}

/// Who knows it.
#[allow(dead_code, reason = "a word in the table below")]
enum By {
    Process,
    Database,
    Both,
}

metrics! {
    JOBS_ENQUEUED = Counter "task_tower_jobs_enqueued_total" ["kind", "queue"] Process
        "Jobs that this process has enqueued or scheduled.";
    RUNS = Counter "task_tower_runs_total" ["kind", "queue", "state"] Process
        "Runs whose outcome the database has: completed, failed and to be retried, dead, or cancelled.";
    JOB_WAIT = Histogram "task_tower_job_wait_seconds" ["kind", "queue"] Process
        "How long a job had been due when its run began.";
    RUN_DURATION = Histogram "task_tower_run_duration_seconds" ["kind", "queue"] Process
        "How long handlers ran.";
    RESCUES = Counter "task_tower_rescues_total" ["kind", "queue", "state"] Process
        "Jobs taken back from dead workers, by what they are now: enqueued, dead (poison) or cancelled.";
    WORKERS_LOST = Counter "task_tower_workers_lost_total" [] Process
        "Workers that this process has found silent.";
    STALE_RESULTS = Counter "task_tower_stale_results_total" [] Process
        "Outcomes that were refused, since their job belonged to another worker by then.";
    CLAIM = Histogram "task_tower_claim_jobs" [] Process
        "How many jobs one claim took, of those that took any.";
    COMPLETION = Histogram "task_tower_completion_jobs" [] Process
        "How many outcomes were written together.";
    PROCESS_WORKERS = Gauge "task_tower_process_workers" [] Process
        "Workers that run in this process.";
    PROCESS_LISTENERS = Gauge "task_tower_process_listeners" [] Process
        "Those of them that are connected to hear notifications; the others only poll.";
    PROCESS_SUBSCRIBERS = Gauge "task_tower_process_redis_listeners" [] Process
        "Those of them that are subscribed in Redis, too; the others are woken by NOTIFY alone.";
    PROCESS_SLOTS = Gauge "task_tower_process_slots" [] Process
        "Slots of the workers of this process.";
    PROCESS_SLOTS_BUSY = Gauge "task_tower_process_slots_busy" [] Process
        "Those of them in which a job runs.";
    QUEUE_JOBS = Gauge "task_tower_queue_jobs" ["queue", "state"] Both
        "Jobs in a queue that are enqueued, scheduled, or failed and wait for their retry, each counted up to 10,001.";
    QUEUE_OLDEST_AGE = Gauge "task_tower_queue_oldest_age_seconds" ["queue"] Both
        "How long the oldest job of a queue that is due has waited; 0 when none does.";
    QUEUE_PAUSED = Gauge "task_tower_queue_paused" ["queue"] Both
        "1 when the queue is paused, 0 when it is not.";
    QUEUES_LEFT_OUT = Gauge "task_tower_queues_left_out" [] Database
        "Queues beyond the 200 that are told apart.";
    WORKERS = Gauge "task_tower_workers" ["state"] Database
        "Workers of all processes: working, quiet, stopping; and silent ones, that were found dead within the last day.";
    LISTENERS = Gauge "task_tower_listeners" ["transport"] Database
        "Living workers by what wakes them: redis, where they were subscribed there at the last heartbeat, else notify.";
    SLOTS = Gauge "task_tower_slots" [] Database
        "Slots of all living workers.";
    SLOTS_BUSY = Gauge "task_tower_slots_busy" [] Database
        "Those of them in which a job ran at the last heartbeats.";
    ERROR_GROUPS = Gauge "task_tower_error_groups" [] Database
        "Groups of errors that are neither resolved nor muted, counted up to 1,001.";
    DATABASE_UP = Gauge "task_tower_database_up" [] Database
        "1 when the dashboard could ask the database, 0 when it could not; then nothing else of it is served.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_conventions_of_prometheus() {
        for metric in METRICS {
            let name = metric.name;
            assert!(name.starts_with("task_tower_"), "{name}");
            assert_eq!(name.ends_with("_total"), metric.kind == MetricKind::Counter, "{name}");
            assert!(
                metric.kind != MetricKind::Histogram || name.ends_with("_seconds") || name.ends_with("_jobs"),
                "{name}"
            );
            assert!(
                metric.labels.iter().all(|label| ["kind", "queue", "state", "transport"].contains(label)),
                "{name}"
            );
            assert!(metric.help.ends_with('.'), "{name}");
            assert!(metric.is_recorded || metric.is_served, "{name}");
        }
    }
}
