//! Collects what a tower is built of, and builds it.

use std::collections::{HashMap, HashSet};
use std::env;
use std::iter;
#[cfg(feature = "toml")]
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::TaskTower;
use super::links::Links;
use crate::client::{Client, TowerClient};
use crate::config::{KindOptions, Options, Retention};
use crate::console::{Console, Probing, Watch};
use crate::error::{Error, Result};
use crate::job::{Handler, Job, KindConfig, Registry, States};
use crate::migrate;
use crate::priority::QueuePrioritization;
use crate::record::{LogLevel, Probe};
use crate::recurring::{RecurringJob, Said, say};
use crate::relay::Relay;
use crate::store::{Desk, Keep, Purpose, Readers};

/// Collects options and handlers; [`build`](TowerBuilder::build) checks them all.
///
/// The options are those of [`Options`], which tells the meaning, default and limits of each, and
/// who wins: what is called last.
#[derive(Default)]
#[must_use = "a builder does nothing until it is built"]
pub struct TowerBuilder {
    options: Options,
    registry: Registry,
    states: States,
    /// Of it only the interceptors count: those of all kinds.
    pub(super) everywhere: KindConfig,
    /// What the code says of recurring jobs; `None` when it says nothing of them.
    recurring: Option<Vec<RecurringJob>>,
    recurring_source: Option<String>,
    /// The first thing that went wrong, told at `build`.
    fault: Option<Error>,
    keep: Keep,
}

impl TowerBuilder {
    /// Takes these options in place of everything that was said before.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Takes the options that a TOML file names; the others stay as they are. If the file has a table
    /// `[task_tower]`, only that counts, so that the options can stand in the file of the
    /// application. `examples/tower.toml` has every option with its default.
    ///
    /// The file is read at once. What is wrong with it is told by [`build`](TowerBuilder::build), with
    /// the file, the line, and what is allowed there.
    #[cfg(feature = "toml")]
    pub fn options_from_file(mut self, path: impl AsRef<Path>) -> Self {
        if let Err(error) = self.options.change_by_file(path.as_ref()) {
            self.fault(error);
        }
        self
    }

    /// Takes the options that environment variables name; the others stay as they are.
    ///
    /// A variable is called `TASK_TOWER_` and the option in capitals. Lists have commas, priorities are
    /// pairs, the ages of [`Retention`] have their state at the end:
    ///
    /// ```sh
    /// TASK_TOWER_CONNECTION_STRING=postgres://app:secret@db/shop
    /// TASK_TOWER_BACKEND_CONCURRENCY=5
    /// TASK_TOWER_QUEUES=mail,default
    /// TASK_TOWER_QUEUE_PRIORITIES=critical=3,default=2
    /// TASK_TOWER_QUEUE_PRIORITIZATION=strict
    /// TASK_TOWER_RETENTION_COMPLETED=7days
    /// ```
    ///
    /// A variable that is set to nothing names nothing. A text that cannot be read is an error at
    /// [`build`](TowerBuilder::build), with the variable and what is allowed. A variable that only looks
    /// like an option is a warning in the log, with the option that may have been meant: it may belong
    /// to another program, so it must not keep this one from starting.
    pub fn options_from_env(mut self) -> Self {
        match self.options.change_by_environment(env::vars_os()) {
            Ok(warnings) => warnings.iter().for_each(|warning| tracing::warn!("{warning}")),
            Err(error) => self.fault(error),
        }
        self
    }

    /// See [`Options::connection_string`].
    pub fn connection_string(mut self, text: impl Into<String>) -> Self {
        self.options.connection_string = Some(text.into());
        self
    }

    /// See [`Options::schema_name`].
    pub fn schema_name(mut self, name: impl Into<String>) -> Self {
        self.options.schema_name = name.into();
        self
    }

    /// See [`Options::redis_url`].
    pub fn redis_url(mut self, url: impl Into<String>) -> Self {
        self.options.redis_url = Some(url.into());
        self
    }

    /// See [`Options::migrate`].
    pub fn migrate(mut self, migrate: bool) -> Self {
        self.options.migrate = migrate;
        self
    }

    /// See [`Options::backend_concurrency`].
    pub fn backend_concurrency(mut self, slots: usize) -> Self {
        self.options.backend_concurrency = slots;
        self
    }

    /// See [`Options::enqueue_connections`].
    pub fn enqueue_connections(mut self, connections: usize) -> Self {
        self.options.enqueue_connections = connections;
        self
    }

    /// See [`Options::queue_prioritization`].
    pub fn queue_prioritization(mut self, strategy: QueuePrioritization) -> Self {
        self.options.queue_prioritization = strategy;
        self
    }

    /// See [`Options::queue_priorities`].
    pub fn queue_priorities<Q: Into<String>>(mut self, priorities: impl IntoIterator<Item = (Q, i32)>) -> Self {
        self.options.queue_priorities =
            priorities.into_iter().map(|(queue, priority)| (queue.into(), priority)).collect();
        self
    }

    /// See [`Options::queues`].
    pub fn queues<Q: Into<String>>(mut self, queues: impl IntoIterator<Item = Q>) -> Self {
        self.options.queues = queues.into_iter().map(Into::into).collect();
        self
    }

    /// See [`Options::queue_announcement_interval`].
    pub fn queue_announcement_interval(mut self, interval: Duration) -> Self {
        self.options.queue_announcement_interval = interval;
        self
    }

    /// See [`Options::job_check_interval`].
    pub fn job_check_interval(mut self, interval: Duration) -> Self {
        self.options.job_check_interval = interval;
        self
    }

    /// See [`Options::heartbeat_interval`].
    pub fn heartbeat_interval(mut self, interval: Duration) -> Self {
        self.options.heartbeat_interval = interval;
        self
    }

    /// See [`Options::dead_after`].
    pub fn dead_after(mut self, silence: Duration) -> Self {
        self.options.dead_after = silence;
        self
    }

    /// See [`Options::poison_after`].
    pub fn poison_after(mut self, crashes: u32) -> Self {
        self.options.poison_after = crashes;
        self
    }

    /// See [`Options::stalled_after`].
    pub fn stalled_after(mut self, time: Duration) -> Self {
        self.options.stalled_after = time;
        self
    }

    /// See [`Options::shutdown_grace`].
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.options.shutdown_grace = grace;
        self
    }

    /// See [`Options::app_version`].
    pub fn app_version(mut self, version: impl Into<String>) -> Self {
        self.options.app_version = Some(version.into());
        self
    }

    /// See [`Options::log_level`]. `None` keeps nothing.
    pub fn log_level(mut self, level: impl Into<Option<LogLevel>>) -> Self {
        self.options.log_level = level.into();
        self
    }

    /// See [`Options::payload_bytes_max`].
    pub fn payload_bytes_max(mut self, bytes: usize) -> Self {
        self.options.payload_bytes_max = bytes;
        self
    }

    /// See [`Options::retention`].
    pub fn retention(mut self, change: impl FnOnce(&mut Retention)) -> Self {
        change(&mut self.options.retention);
        self
    }

    /// See [`Options::kinds`].
    pub fn kinds<K: Into<String>>(mut self, kinds: impl IntoIterator<Item = (K, KindOptions)>) -> Self {
        self.options.kinds = kinds.into_iter().map(|(kind, options)| (kind.into(), options)).collect();
        self
    }

    /// Gives handlers a value of the application's own, which they ask for by `State<T>`. A second
    /// value of the same type is an error at `build`.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        if !self.states.insert(value) {
            let name = std::any::type_name::<T>();
            self.fault(Error::invalid(format!("state: there are two values of type {name}")));
        }
        self
    }

    /// Registers the handler of a kind of job.
    pub fn job<J: Job, P, H: Handler<J, P>>(self, handler: H) -> Self {
        self.job_with(handler, |config| config)
    }

    /// Registers the handler of a kind of job, with its configuration.
    pub fn job_with<J: Job, P, H: Handler<J, P>>(
        mut self,
        handler: H,
        configure: impl FnOnce(KindConfig) -> KindConfig,
    ) -> Self {
        if let Err(error) = self.registry.add::<J, P, H>(handler, configure(KindConfig::default())) {
            self.fault(error);
        }
        self
    }

    /// Says that a job recurs: [`build`](TowerBuilder::build) sees to it that it is set so.
    ///
    /// - One that is not there is added; one whose code says something else than at the latest start is set so.
    /// - One that somebody has edited at run time stays so, as long as the code says the same as before. A pause stays
    ///   whatever the code says.
    /// - One that this program said once and says no more is removed; what it has enqueued stays. Programs are told apart by
    ///   [`recurring_source`](TowerBuilder::recurring_source). A builder that says nothing of recurring jobs removes none.
    /// - One that somebody has removed at run time comes back: pause it instead, or take it out of the code.
    /// - Of two versions of a program that run side by side, the one that started last has its way.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # use task_tower::{JobError, RecurringJob, TaskTower};
    /// # #[derive(Serialize, Deserialize)] struct SendInvoices;
    /// # impl task_tower::Job for SendInvoices { const KIND: &'static str = "send_invoices"; }
    /// # async fn send_invoices(job: SendInvoices) -> Result<(), JobError> { Ok(()) }
    /// # async fn example() -> Result<(), task_tower::Error> {
    /// let tower = TaskTower::builder()
    ///     .job(send_invoices)
    ///     .recurring(RecurringJob::new("nightly-invoices", "30 2 * * *", SendInvoices).zone("Europe/Berlin"))
    ///     .build()
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn recurring(mut self, recurring: RecurringJob) -> Self {
        self.recurring.get_or_insert_default().push(recurring);
        self
    }

    /// The name of the program whose code says what recurs. Programs that share a schema have different ones, or each would
    /// remove what the other says. With it, a builder that says of no job that it recurs removes those that it said once.
    /// Default: `code`.
    pub fn recurring_source(mut self, source: impl Into<String>) -> Self {
        self.recurring_source = Some(source.into());
        self.recurring.get_or_insert_default();
        self
    }

    /// Checks every option and handler, connects, and brings the schema to the version of this
    /// program. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) names the option or the recurring job that cannot be;
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached;
    /// [`is_conflict`](Error::is_conflict) when the schema is newer than this program, or older and
    /// [`migrate`](Options::migrate) is off.
    pub async fn build(mut self) -> Result<TaskTower> {
        self.tell_fault()?;
        self.options.check()?;
        self.registry.check(&self.states)?;
        self.registry.apply(&mut self.options.kinds);
        self.registry.intercept(self.everywhere.interceptors);
        #[cfg(feature = "metrics")]
        crate::telemetry::describe();
        let links = Links::new(&self.options, self.keep)?;
        let (link, questions) = (links.link(Purpose::Enqueue), links.questions(Purpose::Ask));
        let redis_url = self.options.redis_url.as_deref();
        let relay = redis_url.map(|url| Relay::new(url, link.clone())).transpose()?;
        match self.options.migrate {
            true => migrate::up(&link).await.map(drop)?,
            false => migrate::check(&questions).await?,
        }
        let more = (1..self.options.enqueue_connections).map(|_| links.link(Purpose::Enqueue));
        let enqueue = iter::once(link).chain(more).collect();
        let unique = links.link(Purpose::Unique);
        let configs = self.registry.configs(&self.options.kinds);
        let everywhere = self.registry.everywhere().clone();
        let desk = Desk::new(links.link(Purpose::Change));
        if let Some(said) = said(self.recurring, self.recurring_source, &configs, self.options.payload_bytes_max)? {
            say(&questions, &desk, said).await?;
        }
        let publisher = relay.as_ref().map(Relay::publisher);
        let client = Client::new(enqueue, unique, desk, publisher, configs, everywhere, self.options.payload_bytes_max);
        self.states.insert(TowerClient(client.clone()));
        let readers = Readers::new([(); 2].map(|()| links.questions(Purpose::Read)));
        let watch = Watch::new(self.options.heartbeat_interval, self.options.stalled_after);
        let (probe, changes) = (Arc::<Probe>::default(), links.link(Purpose::Change));
        let console = Console::new(questions, readers, changes, watch, Probing::new(probe.clone()));
        let Self { options, registry, states, .. } = self;
        Ok(TaskTower { options, registry, states, links, relay, client, console, probe })
    }

    /// Brings the schema up or down to a version without building a tower, whatever version it is
    /// at now, and returns that one. Only the options that say where it is count. What goes down is
    /// lost: see [`TaskTower::migrate_to`].
    ///
    /// # Errors
    ///
    /// As for [`TaskTower::migrate_to`]; [`is_unavailable`](Error::is_unavailable) when the database
    /// cannot be reached.
    pub async fn migrate_to(mut self, version: i32) -> Result<i32> {
        // A file that could not be read may have named another database.
        self.tell_fault()?;
        migrate::to(&Links::new(&self.options, self.keep)?.link(Purpose::Ask), version).await
    }

    /// Keeps something for as long as the tower, or what was taken from it, can reach the schema.
    #[cfg(feature = "testing")]
    pub(crate) fn keep(mut self, keep: Arc<dyn std::any::Any + Send + Sync>) -> Self {
        self.keep = Some(keep);
        self
    }

    fn fault(&mut self, error: Error) {
        self.fault.get_or_insert(error);
    }

    fn tell_fault(&mut self) -> Result<()> {
        self.fault.take().map_or(Ok(()), Err)
    }
}

/// What the code says of recurring jobs, checked; `None` when it says nothing of them.
fn said(
    recurring: Option<Vec<RecurringJob>>,
    source: Option<String>,
    configs: &HashMap<String, KindConfig>,
    payload_bytes_max: usize,
) -> Result<Option<Said>> {
    let Some(recurring) = recurring else { return Ok(None) };
    let decide = |job: RecurringJob| {
        let config = configs.get(job.kind());
        job.decide(config, payload_bytes_max)
    };
    let rows: Vec<_> = recurring.into_iter().map(decide).collect::<Result<_>>()?;
    let mut names = HashSet::new();
    match rows.iter().find(|row| !names.insert(row.name.as_str())) {
        Some(twice) => Err(Error::invalid(format!("recurring job \"{}\": there are two of this name", twice.name))),
        None => Ok(Some(Said { source: source.unwrap_or_else(|| "code".to_owned()), rows })),
    }
}
