//! The whole: options, handlers and connections put together.

use std::env;
#[cfg(feature = "toml")]
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::client::Client;
use crate::config::{KindOptions, Options, Retention};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::job::{Handler, Job, KindConfig, Registry, States};
use crate::migrate;
use crate::priority::QueuePrioritization;
use crate::store::{Address, Link, Outage, Purpose, Schema};
use crate::worker::{Engine, RunningTower};

/// A tower: the connection to one schema, the handlers of this process, and the doors to both.
///
/// ```no_run
/// use serde::{Deserialize, Serialize};
/// use task_tower::{Job, JobError, TaskTower};
///
/// #[derive(Serialize, Deserialize)]
/// struct SendWelcome {
///     user_id: i64,
/// }
///
/// impl Job for SendWelcome {
///     const KIND: &'static str = "send_welcome";
/// }
///
/// async fn send_welcome(job: SendWelcome) -> Result<(), JobError> {
///     println!("welcome, user {}", job.user_id);
///     Ok(())
/// }
///
/// # async fn example() -> Result<(), task_tower::Error> {
/// let tower = TaskTower::builder().job(send_welcome).build().await?;
/// tower.client().enqueue(SendWelcome { user_id: 1 }).await?;
/// tower.run().await?;
/// # Ok(()) }
/// ```
pub struct TaskTower {
    options: Options,
    registry: Registry,
    states: States,
    links: Links,
    client: Client,
    console: Console,
}

/// Where connections come from: each use has its own, none is opened before it is needed.
#[derive(Clone)]
struct Links {
    address: Address,
    schema: Schema,
    outage: Arc<Outage>,
}

impl Links {
    fn new(options: &Options) -> Result<Self> {
        Ok(Self {
            address: Address::find(options.connection_string.as_deref())?,
            schema: Schema::new(&options.schema_name)?,
            outage: Arc::default(),
        })
    }

    fn link(&self, purpose: Purpose) -> Link {
        Link::new(self.address.clone(), self.schema.clone(), purpose, self.outage.clone())
    }
}

impl TaskTower {
    /// Begins to build a tower.
    pub fn builder() -> TowerBuilder {
        TowerBuilder {
            options: Options::default(),
            registry: Registry::default(),
            states: States::default(),
            fault: None,
        }
    }

    /// The door by which jobs come in.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// What a person at a desk may ask and do.
    #[must_use]
    pub fn console(&self) -> Console {
        self.console.clone()
    }

    /// The options, as checked.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Brings the schema up or down to a version, and returns the one it was at. Down loses what the
    /// later versions stored; version 0 removes everything, jobs included.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for a version that this program does not know;
    /// [`is_conflict`](Error::is_conflict) when the schema is newer than this program.
    pub async fn migrate_to(&self, version: i32) -> Result<i32> {
        migrate::to(&self.links.link(Purpose::Ask), version).await
    }

    /// Starts to run jobs, beside whatever else the process does, until the returned handle is
    /// [stopped](RunningTower::stop). A tower may be started several times; each is a worker of its
    /// own.
    ///
    /// The database need not be there yet: the worker begins when it is.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) when no job is registered.
    pub fn start(&self) -> Result<RunningTower> {
        let purposes = [Purpose::Work, Purpose::Work, Purpose::Ask, Purpose::Ask];
        let links = purposes.map(|purpose| self.links.link(purpose));
        let engine = Engine::new(self.options.clone(), self.registry.clone(), self.states.clone(), links);
        RunningTower::start(engine)
    }

    /// Runs jobs until the process is asked to stop by SIGTERM or Ctrl-C, then stops gracefully; a
    /// second signal stops at once.
    ///
    /// # Errors
    ///
    /// As for [`start`](TaskTower::start).
    pub async fn run(&self) -> Result<()> {
        self.run_until(signal()).await
    }

    /// Runs jobs until `shutdown` is there, then stops gracefully; a signal during that stops at
    /// once.
    ///
    /// # Errors
    ///
    /// As for [`start`](TaskTower::start).
    pub async fn run_until(&self, shutdown: impl Future<Output = ()>) -> Result<()> {
        let running = self.start()?;
        shutdown.await;
        running.stop_or(signal()).await;
        Ok(())
    }
}

/// SIGTERM or Ctrl-C; on systems without SIGTERM, Ctrl-C alone.
async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (terminate, interrupt) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
        if let (Ok(mut terminate), Ok(mut interrupt)) = (terminate, interrupt) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl std::fmt::Debug for TaskTower {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "TaskTower({})", self.options.schema_name)
    }
}

/// Collects options and handlers; [`build`](TowerBuilder::build) checks them all.
///
/// The options are those of [`Options`], which tells the meaning, default and limits of each, and
/// who wins: what is called last.
#[must_use = "a builder does nothing until it is built"]
pub struct TowerBuilder {
    options: Options,
    registry: Registry,
    states: States,
    /// The first thing that went wrong, told at `build`.
    fault: Option<Error>,
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

    /// See [`Options::shutdown_grace`].
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.options.shutdown_grace = grace;
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

    /// Checks every option and handler, connects, and brings the schema to the version of this
    /// program. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) names the option that cannot be;
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached;
    /// [`is_conflict`](Error::is_conflict) when the schema is newer than this program, or older and
    /// [`migrate`](Options::migrate) is off.
    pub async fn build(mut self) -> Result<TaskTower> {
        self.tell_fault()?;
        self.options.check()?;
        self.registry.check(&self.states)?;
        self.registry.apply(&mut self.options.kinds);
        let links = Links::new(&self.options)?;
        let link = links.link(Purpose::Ask);
        match self.options.migrate {
            true => migrate::up(&link).await.map(drop)?,
            false => migrate::check(&link).await?,
        }
        let more = (1..self.options.enqueue_connections).map(|_| links.link(Purpose::Ask));
        let configs = self.registry.configs(&self.options.kinds);
        let client = Client::new(link, more, configs, self.options.payload_bytes_max);
        let console = Console::new(links.link(Purpose::Ask));
        Ok(TaskTower { options: self.options, registry: self.registry, states: self.states, links, client, console })
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
        migrate::to(&Links::new(&self.options)?.link(Purpose::Ask), version).await
    }

    fn fault(&mut self, error: Error) {
        self.fault.get_or_insert(error);
    }

    fn tell_fault(&mut self) -> Result<()> {
        self.fault.take().map_or(Ok(()), Err)
    }
}
