//! The options of a cluster.

use std::path::{Path, PathBuf};

use super::Cluster;
use super::directory::Directory;
use super::initialize::Source;
use super::launcher::Launcher;
use crate::error::Error;

/// The options of a [`Cluster`], from [`Cluster::builder`].
///
/// Without any, the cluster is empty, as fast as it can be, and leaves nothing behind.
///
/// ```no_run
/// # async fn example() -> Result<(), task_tower::Error> {
/// use task_tower::embedded::Cluster;
///
/// let cluster = Cluster::builder()
///     .directory("/var/tmp/my-service-development")
///     .setting("log_statement", "all")
///     .start()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct ClusterBuilder {
    directory: Option<PathBuf>,
    durable: bool,
    settings: Vec<(String, String)>,
    port: Option<u16>,
}

impl ClusterBuilder {
    /// Keeps the cluster in this directory, so that its data is there again the next time.
    ///
    /// The default is a new directory under the temporary directory, which is removed when the
    /// cluster stops or its process ends.
    ///
    /// The directory is made if it is not there. It has to be empty or to hold an earlier
    /// cluster of Task Tower; anything else is refused and not touched. Data that an interrupted
    /// start has left half-made is made anew. Only one cluster at a time may use it: a second
    /// one, in this process or in another, gets an error. A server that still runs there without
    /// anybody to care for it is adopted, with the port and the settings that it has.
    ///
    /// As root, the directory and everything in it belong to the account that PostgreSQL runs
    /// as, and that account must be able to reach it: a place under `/root` will not do.
    pub fn directory(mut self, path: impl AsRef<Path>) -> Self {
        self.directory = Some(path.as_ref().to_path_buf());
        self
    }

    /// Whether what was committed survives a crash of the machine.
    ///
    /// The default is `false`: `fsync`, `synchronous_commit` and `full_page_writes` are off,
    /// which is several times faster. A crash of the server alone then loses the commits of the
    /// last fraction of a second; a crash of the whole machine may leave data that cannot be
    /// read. With `true`, PostgreSQL's own safe defaults hold.
    pub fn durable(mut self, durable: bool) -> Self {
        self.durable = durable;
        self
    }

    /// Sets a configuration parameter of the server, such as `max_connections` to `500`.
    ///
    /// The defaults are those of PostgreSQL, except for 200 `max_connections` and what
    /// [`durable`](Self::durable) says. May be called many times; of two calls with the same
    /// name, the later one counts. The parameters that say where the server listens and logs
    /// stay as they are. A name or value that PostgreSQL does not accept fails at the start,
    /// with its own message.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Listens on this port of 127.0.0.1.
    ///
    /// The default, also meant by zero, is a free port. A port that somebody else listens on is
    /// an error. An adopted server keeps the port that it has.
    pub fn port(mut self, port: u16) -> Self {
        self.port = (port != 0).then_some(port);
        self
    }

    /// Starts the cluster, and makes its data first if need be. It is up on return.
    ///
    /// A new cluster takes about half a second, one with data a few hundredths. A server that
    /// does not answer within a minute is given up.
    ///
    /// # Errors
    ///
    /// When PostgreSQL 15 or later is not installed (the message says what to do), when the
    /// directory or the port will not do, and when the server does not start (the message has
    /// the end of its log).
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), task_tower::Error> {
    /// let cluster = task_tower::embedded::Cluster::builder().port(54321).start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start(self) -> Result<Cluster, Error> {
        self.start_from(Source::Nothing).await
    }

    pub(super) async fn start_from(self, source: Source) -> Result<Cluster, Error> {
        let launcher = Launcher::new(self.durable, self.settings)?;
        let directory = match &self.directory {
            Some(path) => Directory::lasting(path, launcher.account())?,
            None => Directory::temporary(launcher.account())?,
        };
        if let Some(server) = launcher.adopt(&directory).await? {
            return Ok(Cluster::new(server, directory, launcher));
        }
        launcher.initialize(&directory, source).await?;
        let server = launcher.start(&directory, self.port).await?;
        Ok(Cluster::new(server, directory, launcher))
    }
}
