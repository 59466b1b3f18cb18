//! The whole: options, handlers and connections put together.

mod attendant;
mod builder;
mod interceptors;
mod links;

pub use builder::TowerBuilder;

use std::sync::Arc;

use crate::client::Client;
use crate::config::Options;
use crate::console::{Console, Events};
use crate::error::Result;
use crate::job::{Registry, States};
use crate::migrate;
use crate::record::{Probe, Readiness};
use crate::relay::Relay;
use crate::store::Purpose;
use crate::worker::{Engine, RunningTower};

use attendant::Attendant;
use links::Links;

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
    relay: Option<Relay>,
    client: Client,
    console: Console,
    /// The workers that it runs in this process.
    probe: Arc<Probe>,
}

impl TaskTower {
    /// Begins to build a tower.
    pub fn builder() -> TowerBuilder {
        TowerBuilder::default()
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
    /// [`is_invalid`](crate::Error::is_invalid) for a version that this program does not know;
    /// [`is_conflict`](crate::Error::is_conflict) when the schema is newer than this program.
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
    /// [`is_invalid`](crate::Error::is_invalid) when no job is registered.
    pub fn start(&self) -> Result<RunningTower> {
        let engine = self.engine(self.options.clone());
        self.probe.attach(engine.vitals());
        RunningTower::start(engine)
    }

    /// Listens to what goes wrong in the whole tower, whatever process it is in, and when it is over: silent and dead
    /// workers, runs that take longer than expected, queues that stand still. See [`Console::events`].
    #[must_use]
    pub fn events(&self) -> Events {
        self.console.events()
    }

    /// Whether this process can do its work, for probes: see [`Console::readiness`].
    pub async fn readiness(&self) -> Readiness {
        self.console.readiness().await
    }

    /// Runs what is due, of one queue or of those that this tower serves, one job after the other.
    /// Returns each job as it was after its run.
    #[cfg(feature = "testing")]
    pub(crate) async fn drain(&self, queue: Option<String>) -> Result<Vec<crate::record::JobRecord>> {
        let mut options = self.options.clone();
        options.backend_concurrency = 1;
        if let Some(queue) = queue {
            options.queues = vec![queue];
        }
        options.check()?;
        crate::worker::drain(self.engine(options)).await
    }

    fn engine(&self, options: Options) -> Arc<Engine> {
        let purposes = [Purpose::Work, Purpose::Work, Purpose::Ask, Purpose::Work, Purpose::Work];
        let links = purposes.map(|purpose| self.links.link(purpose));
        Engine::new(options, self.registry.clone(), self.states.clone(), links, self.relay.clone())
    }

    /// Runs jobs until the process is asked to stop by SIGTERM or Ctrl-C, then stops gracefully; a
    /// second signal stops at once. So it does when a person asks it to, by
    /// [`Console::stop_worker`]. With the feature `systemd`, it tells the service manager, if there is one.
    ///
    /// # Errors
    ///
    /// As for [`start`](TaskTower::start).
    pub async fn run(&self) -> Result<()> {
        self.run_until(signal()).await
    }

    /// Runs jobs until `shutdown` is there, or a person asks to stop, then stops gracefully; a signal during that stops at
    /// once.
    ///
    /// # Errors
    ///
    /// As for [`start`](TaskTower::start).
    pub async fn run_until(&self, shutdown: impl Future<Output = ()>) -> Result<()> {
        let (running, attendant) = (self.start()?, Attendant::new());
        tokio::select! {
            () = shutdown => {}
            () = running.stop_requested() => {}
            () = attendant.attend(&running) => {}
        }
        attendant.see_off(running.stop_or(signal())).await;
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
