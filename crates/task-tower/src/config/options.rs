//! The options of a tower: meaning, default, limits.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{KindOptions, duration, log_level};
use crate::error::{Error, Result};
use crate::priority::QueuePrioritization;
use crate::record::{LogLevel, NAME_BYTES_MAX, check_queue};

/// Shorter intervals would only load the database: a sleeping worker is woken anyway.
pub(crate) const INTERVAL_FLOOR: Duration = Duration::from_millis(500);

/// Nobody is woken for a job that is due in more than five seconds (`announce` in the migrations):
/// the sleepers see it in time, if they do not sleep as long as that.
const LOOK_INTERVAL_MAX: Duration = Duration::from_secs(4);

pub(crate) const MAX_RETRIES_DEFAULT: u32 = 10;
pub(crate) const MAX_RETRIES_LIMIT: u32 = 1_000;
pub(crate) const PRIORITY_LIMIT: i16 = 100;

const CONCURRENCY_LIMIT: usize = 10_000;
const ENQUEUE_CONNECTIONS_LIMIT: usize = 32;
const DURATION_LIMIT: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
pub(crate) const PAYLOAD_BYTES_LIMIT: usize = 16 * 1024 * 1024;

/// The options of a tower. [`TaskTower::options`](crate::TaskTower::options) reads them back.
///
/// Each has a method of the same name on the [builder](crate::TowerBuilder). They can also be taken
/// [all at once](crate::TowerBuilder::options), from a
/// [TOML file](crate::TowerBuilder::options_from_file) and from the
/// [environment](crate::TowerBuilder::options_from_env), and be a part of a configuration of your
/// own, since they implement serde's traits:
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Settings {
///     greeting: String,
///     #[serde(default)]
///     task_tower: task_tower::Options,
/// }
///
/// let settings: Settings = serde_json::from_str(
///     r#"{ "greeting": "hello", "task_tower": { "backend_concurrency": 5, "dead_after": "20s" } }"#,
/// )?;
/// assert_eq!(settings.task_tower.backend_concurrency, 5);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// What is not named has its default, an unknown name is an error. Durations are texts such as
/// `"500ms"`, `"1s"`, `"25s"`, `"7days"`; a strategy is its name in snake case, such as
/// `"alpha_numeric"`. Limits are checked by [`build`](crate::TowerBuilder::build), whatever the
/// options come from. The connection string may hold a password, so that `Debug` hides it and
/// `Serialize` leaves it out; so may the URL of Redis.
///
/// # Who wins
///
/// Among the methods of the builder, the one that is called last, option by option. A usual order is
/// defaults in the code, then the file, then the environment:
///
/// ```no_run
/// let builder = task_tower::TaskTower::builder()
///     .backend_concurrency(16)
///     .options_from_file("tower.toml")
///     .options_from_env();
/// ```
///
/// For a single job, what is said on the call ([`Request`](crate::Request)) wins over what is set
/// for its kind in [`kinds`](Options::kinds), which wins over what its handler was registered with
/// ([`KindConfig`](crate::KindConfig)), which wins over the constants of the [`Job`](crate::Job)
/// trait: the operator's file over the code, and the code that knows the single job over both.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Options {
    /// Where PostgreSQL is. Default: the environment variable `DATABASE_URL`, else libpq's `PGHOST`,
    /// `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGDATABASE`, `PGSSLMODE`. It is checked at `build` and
    /// never logged. Three forms are read:
    ///
    /// - a URL: `postgres://user:password@host:5432/database`;
    /// - pairs as in libpq: `host=localhost port=5432 dbname=shop user=app password=secret`;
    /// - pairs as in .NET: `Host=localhost;Port=5432;Database=shop;Username=app;Password=secret`.
    ///
    /// A tower needs no pool: it has a fixed number of connections, three for a worker, and one more where its
    /// handlers log; and up to
    /// [`enqueue_connections`](Options::enqueue_connections) for the client. So the pool settings of
    /// the .NET form (`Pooling`, `MinPoolSize`, `MaxPoolSize` …) are accepted and ignored, as are its
    /// time limits for commands, its buffers, and its keepalive, which is always on.
    /// A time limit for connecting counts up to 10 s. With `sslmode=require`,
    /// certificates are verified against Mozilla's roots; `prefer`, the default, takes any, as libpq does.
    #[serde(skip_serializing)]
    pub connection_string: Option<String>,
    /// The schema of the tables. Default: `task_tower`. Any name of 1 to 63 bytes that does not begin
    /// with `pg_`. Towers with different schemas do not see each other.
    pub schema_name: String,
    /// Where Redis is, such as `redis://:password@localhost:6379` or `unix:///run/redis/redis.sock`, if announcements are to go
    /// by it in place of NOTIFY. Default: none. It needs the feature `redis`, and is never logged. TLS is not spoken: use a
    /// tunnel, or a Redis on the same network. Redis need not be there, then or ever: NOTIFY and polling are used as long as it
    /// is not.
    #[serde(skip_serializing)]
    pub redis_url: Option<String>,
    /// Whether `build` brings the schema to the version of this program. Default: yes. With no, it
    /// only checks that the versions fit.
    pub migrate: bool,
    /// How many jobs a worker of this process runs at a time. Default: the number of processors. 1 to
    /// 10,000.
    pub backend_concurrency: usize,
    /// How many connections single enqueues go by. Default: 2. 1 to 32. They are opened when they are needed.
    /// Enqueues that happen at the same time share a statement and a commit; one that is on its way for more than
    /// 5 ms, or beside which 64 jobs wait, is not waited for. More help with many callers and slow commits.
    pub enqueue_connections: usize,
    /// The strategy by which queues are chosen. Default: [`QueuePrioritization::None`].
    pub queue_prioritization: QueuePrioritization,
    /// The priority of each queue, higher first, or its weight. Default: none. Required for
    /// `Index`, `Strict` and `Weighted`; a weight is 1 to 1,000,000. Whatever sets them replaces all
    /// of them.
    pub queue_priorities: BTreeMap<String, i32>,
    /// The queues that this process serves. Default: empty, which means all of them. Names of 1 to
    /// 64 bytes, without a comma, star or control character.
    pub queues: Vec<String>,
    /// The longest that a worker sleeps without looking for jobs, should no notification come.
    /// Default: 2 s. At least 500 ms. A worker looks every 4 s at the latest, whatever is set.
    #[serde(with = "duration")]
    pub queue_announcement_interval: Duration,
    /// The longest that a job whose time has come can wait unseen. Default: 2 s. At least 500 ms. A
    /// worker looks as often as the shorter of this and `queue_announcement_interval` says.
    #[serde(with = "duration")]
    pub job_check_interval: Duration,
    /// How often a worker says that it is alive. Default: 5 s. At least 100 ms, at most a third of
    /// `dead_after`.
    #[serde(with = "duration")]
    pub heartbeat_interval: Duration,
    /// How long a worker may be silent before others take its jobs. Default: 15 s. At least three
    /// heartbeats.
    #[serde(with = "duration")]
    pub dead_after: Duration,
    /// How many times within 72 hours a job may take its worker down before it is dead with the
    /// reason `poison`. Default: 3. 1 to 100.
    pub poison_after: u32,
    /// When a queue counts as standing still: some of its jobs have run for so long, and none has ended meanwhile.
    /// Default: 10 minutes. From 1 s. It is told by [`TaskTower::events`](crate::TaskTower::events) and on the
    /// dashboard; nothing else depends on it.
    #[serde(with = "duration")]
    pub stalled_after: Duration,
    /// How long running jobs may go on when the process stops. Default: 25 s. From zero. What is not
    /// done by then is told to stop and given back to its queue, without counting the run.
    #[serde(with = "duration")]
    pub shutdown_grace: Duration,
    /// The largest payload, in bytes of JSON. Default: 1 MiB. 1 byte to 16 MiB.
    pub payload_bytes_max: usize,
    /// How long finished jobs are kept.
    pub retention: Retention,
    /// From which level on the lines that handlers log are kept with their job; as text, a level or `off`. Default:
    /// `info`. With none, nothing is kept. It counts only where `task_tower::logs()` is a part of the program's
    /// subscriber, which may have filters of its own.
    #[serde(with = "log_level")]
    pub log_level: Option<LogLevel>,
    /// The version of your program, such as `2026.11.24-3`: shown with the workers, and with errors that
    /// came with it. Default: none. 1 to 64 bytes, without control characters.
    pub app_version: Option<String>,
    /// What is set for single kinds of jobs, by kind: `[kinds.send_welcome]` in a file,
    /// `TASK_TOWER_KINDS={"send_welcome": {"queue": "mail"}}` in the environment. Default: nothing.
    /// Whatever sets them replaces all of them.
    ///
    /// Once the tower is built, this also tells what the kinds were registered with.
    pub kinds: BTreeMap<String, KindOptions>,
}

/// How long finished jobs are kept, by state. Whole days are dropped at once, so a job may stay up
/// to a day longer. At least 1 s, at most ten years, as for all durations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Retention {
    /// Completed jobs. Default: 7 days.
    #[serde(with = "duration")]
    pub completed: Duration,
    /// Cancelled jobs. Default: 7 days.
    #[serde(with = "duration")]
    pub cancelled: Duration,
    /// Dead jobs. Default: 90 days.
    #[serde(with = "duration")]
    pub dead: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |number: u64| Duration::from_secs(number * 24 * 60 * 60);
        Self { completed: days(7), cancelled: days(7), dead: days(90) }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connection_string: None,
            schema_name: "task_tower".to_owned(),
            redis_url: None,
            migrate: true,
            backend_concurrency: std::thread::available_parallelism().map_or(1, usize::from),
            enqueue_connections: 2,
            queue_prioritization: QueuePrioritization::None,
            queue_priorities: BTreeMap::new(),
            queues: Vec::new(),
            queue_announcement_interval: Duration::from_secs(2),
            job_check_interval: Duration::from_secs(2),
            heartbeat_interval: Duration::from_secs(5),
            dead_after: Duration::from_secs(15),
            poison_after: 3,
            stalled_after: Duration::from_secs(10 * 60),
            shutdown_grace: Duration::from_secs(25),
            payload_bytes_max: 1024 * 1024,
            retention: Retention::default(),
            log_level: Some(LogLevel::Info),
            app_version: None,
            kinds: BTreeMap::new(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = out.debug_struct("Options");
        // It may hold a password in any place.
        options.field("connection_string", &self.connection_string.as_ref().map(|_| "hidden"));
        options.field("redis_url", &self.redis_url.as_ref().map(|_| "hidden"));
        for (name, value) in self.shown() {
            options.field(&name, &format_args!("{value}"));
        }
        options.finish()
    }
}

impl Options {
    /// The longest sleep of a worker between two looks.
    pub(crate) fn poll_interval(&self) -> Duration {
        self.queue_announcement_interval.min(self.job_check_interval).min(LOOK_INTERVAL_MAX)
    }

    /// Refuses what cannot work, by the option's name.
    pub(crate) fn check(&self) -> Result<()> {
        within("backend_concurrency", self.backend_concurrency, 1, CONCURRENCY_LIMIT)?;
        within("enqueue_connections", self.enqueue_connections, 1, ENQUEUE_CONNECTIONS_LIMIT)?;
        within("payload_bytes_max", self.payload_bytes_max, 1, PAYLOAD_BYTES_LIMIT)?;
        within("poison_after", self.poison_after as usize, 1, 100)?;
        at_least("queue_announcement_interval", self.queue_announcement_interval, INTERVAL_FLOOR)?;
        at_least("job_check_interval", self.job_check_interval, INTERVAL_FLOOR)?;
        at_least("heartbeat_interval", self.heartbeat_interval, Duration::from_millis(100))?;
        self.check_silence()?;
        at_least("stalled_after", self.stalled_after, Duration::from_secs(1))?;
        at_least("shutdown_grace", self.shutdown_grace, Duration::ZERO)?;
        self.queues.iter().try_for_each(|queue| check_queue(queue).map_err(|error| error.context("queues")))?;
        self.check_priorities()?;
        self.check_app_version()?;
        self.kinds.iter().try_for_each(|(kind, options)| options.check(kind))?;
        self.retention.check()
    }

    fn check_silence(&self) -> Result<()> {
        let heartbeat = self.heartbeat_interval;
        match at_least("dead_after", self.dead_after, heartbeat * 3) {
            Ok(()) => Ok(()),
            Err(error) => {
                Err(Error::invalid(format!("{error}: three heartbeats, of heartbeat_interval {heartbeat:?}")))
            }
        }
    }

    fn check_app_version(&self) -> Result<()> {
        let Some(version) = self.app_version.as_deref() else { return Ok(()) };
        let fault = match version.len() {
            1..=NAME_BYTES_MAX if !version.chars().any(char::is_control) => return Ok(()),
            1..=NAME_BYTES_MAX => format!("app_version {version:?} has a control character in it"),
            bytes => format!("app_version has {bytes} bytes, 1 to {NAME_BYTES_MAX} are allowed"),
        };
        Err(Error::invalid(fault))
    }

    fn check_priorities(&self) -> Result<()> {
        for queue in self.queue_priorities.keys() {
            check_queue(queue).map_err(|error| error.context("queue_priorities"))?;
        }
        let needed = match self.queue_prioritization {
            QueuePrioritization::None | QueuePrioritization::AlphaNumeric => false,
            QueuePrioritization::Index | QueuePrioritization::Strict | QueuePrioritization::Weighted => true,
        };
        if needed && self.queue_priorities.is_empty() {
            return Err(Error::invalid(format!(
                "queue_priorities is empty, but queue_prioritization is {:?}, which needs it",
                self.queue_prioritization
            )));
        }
        if self.queue_prioritization == QueuePrioritization::Weighted {
            return self.check_weights();
        }
        Ok(())
    }

    fn check_weights(&self) -> Result<()> {
        match self.queue_priorities.iter().find(|(_, weight)| !(1..=1_000_000).contains(*weight)) {
            Some((queue, weight)) => Err(Error::invalid(format!(
                "queue_priorities: the weight {weight} of queue \"{queue}\" is not between 1 and 1,000,000"
            ))),
            None => Ok(()),
        }
    }
}

impl Retention {
    fn check(&self) -> Result<()> {
        let second = Duration::from_secs(1);
        at_least("retention.completed", self.completed, second)?;
        at_least("retention.cancelled", self.cancelled, second)?;
        at_least("retention.dead", self.dead, second)
    }
}

fn within(option: &str, value: usize, least: usize, most: usize) -> Result<()> {
    match (least..=most).contains(&value) {
        true => Ok(()),
        false => Err(Error::invalid(format!("{option} {value} is not between {least} and {most}"))),
    }
}

/// Ten years are longer than any of these makes sense, and keep sums from overflowing.
fn at_least(option: &str, value: Duration, floor: Duration) -> Result<()> {
    match value >= floor && value <= DURATION_LIMIT {
        true => Ok(()),
        false => Err(Error::invalid(format!("{option} {value:?} is not between {floor:?} and ten years"))),
    }
}
