//! A private PostgreSQL from the programs that this machine has installed: for demos, tests and
//! examples, without a server to set up. Needs the feature `embedded`, and Unix.
//!
//! [`Cluster::start`] makes an empty data directory, starts a server on it and returns when it
//! answers, in about half a second. Nothing is downloaded. The programs are looked for in the
//! directory named by the environment variable `TASK_TOWER_PG_BIN`, else on the `PATH`, where
//! `pg_config --bindir` says, and in the usual places of Debian, Red Hat, Homebrew and
//! Postgres.app, the newest first. PostgreSQL 15 is the oldest that will do. When there is none,
//! the error says what to paste.
//!
//! The server goes when the [`Cluster`] is stopped or dropped, and also when its process panics
//! or is killed: a small shell script beside it, the guard, notices. As PostgreSQL refuses to
//! run as root, root starts it as `postgres`, or as `nobody` where there is no such user.
//!
//! It listens on 127.0.0.1 only and asks for no password, so everybody with an account on the
//! machine can use it, as its superuser. Keep it to development.
//!
//! ```no_run
//! # async fn example() -> Result<(), task_tower::Error> {
//! use task_tower::embedded::Cluster;
//!
//! let cluster = Cluster::start().await?;
//! let url = cluster.create_database("app").await?;
//! println!("PostgreSQL is at {url}");
//! cluster.stop().await?;
//! # Ok(())
//! # }
//! ```

#[cfg(not(unix))]
compile_error!("the feature `embedded` of task-tower needs Unix: signals, and a POSIX shell");

mod account;
mod binaries;
mod builder;
mod directory;
mod guard;
mod helper;
mod initialize;
mod install;
mod janitor;
mod launcher;
mod place;
mod postmaster;

use std::path::Path;

pub use self::builder::ClusterBuilder;
use self::directory::Directory;
use self::initialize::Source;
use self::launcher::{Launcher, Server};
use crate::error::Error;

/// How long [`Cluster::promote`] waits, in seconds.
const PROMOTE_MAX_S: u32 = 60;

/// The longest name of a database that PostgreSQL does not cut off.
const NAME_BYTES_MAX: usize = 63;

/// A running private PostgreSQL.
///
/// Dropping it has the server stopped in the background, and a temporary directory removed;
/// [`stop`](Self::stop) does the same and waits.
#[derive(Debug)]
pub struct Cluster {
    // First, so that it is the first to be dropped. Nothing while halted.
    server: Option<Server>,
    directory: Directory,
    launcher: Launcher,
    port: u16,
    url: String,
}

impl Cluster {
    /// Starts an empty cluster that leaves nothing behind: [`builder`](Self::builder) without
    /// options.
    ///
    /// # Errors
    ///
    /// Those of [`ClusterBuilder::start`].
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), task_tower::Error> {
    /// let cluster = task_tower::embedded::Cluster::start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// The options of a new cluster.
    ///
    /// ```
    /// use task_tower::embedded::Cluster;
    ///
    /// let builder = Cluster::builder().durable(true).setting("max_connections", "500");
    /// ```
    pub fn builder() -> ClusterBuilder {
        ClusterBuilder::default()
    }

    /// The address of the database `postgres`, which every cluster has, as its superuser:
    /// `postgres://postgres@127.0.0.1:54321/postgres`.
    ///
    /// It stays the same over [`restart`](Self::restart).
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The directory of the cluster: the data of the server in `data`, its log in `server.log`.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The process id of the server, or nothing while it is halted or killed.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.server.as_ref().map(|server| server.postmaster.process_id)
    }

    /// Creates an empty database and returns its address.
    ///
    /// The name may consist of up to 63 ASCII letters, digits, `_` and `-`.
    ///
    /// # Errors
    ///
    /// When there is such a database already, when the name will not do, and when the server
    /// does not answer.
    ///
    /// ```no_run
    /// # async fn example(cluster: task_tower::embedded::Cluster) -> Result<(), task_tower::Error> {
    /// let url = cluster.create_database("app").await?;
    /// assert!(url.ends_with("/app"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_database(&self, name: &str) -> Result<String, Error> {
        check_name(name)?;
        let client = postmaster::connect(self.port).await?;
        // The name holds nothing that would end the quotes.
        let created = client.batch_execute(&format!("CREATE DATABASE \"{name}\"")).await;
        created.map_err(|error| {
            let reason = postmaster::reason(&error);
            Error::embedded(format!("the database {name} was not created: {reason}")).because(error)
        })?;
        Ok(postmaster::url(self.port, name))
    }

    /// Starts a second cluster that follows this one and can be read from: a hot standby with
    /// streaming replication.
    ///
    /// The options are its own; `max_connections` must not be lower than here. In a directory
    /// that already holds a cluster, that one is started as it is. A standby that is halted for
    /// long can lose the connection, as this server does not keep what it has not yet seen; the
    /// setting `wal_keep_size` helps.
    ///
    /// # Errors
    ///
    /// Those of [`ClusterBuilder::start`], and when the program `pg_basebackup` is not beside
    /// the others, as with some minimal installations.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), task_tower::Error> {
    /// use task_tower::embedded::Cluster;
    ///
    /// let mut first = Cluster::start().await?;
    /// let second = first.start_standby(Cluster::builder()).await?;
    /// first.kill().await?;
    /// second.promote().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start_standby(&self, options: ClusterBuilder) -> Result<Self, Error> {
        options.start_from(Source::Server { port: self.port }).await
    }

    /// Makes a standby a server of its own that can be written to, and waits until it is.
    ///
    /// # Errors
    ///
    /// When this is no standby, or it does not become one that can be written to within a minute.
    ///
    /// ```no_run
    /// # async fn example(standby: task_tower::embedded::Cluster) -> Result<(), task_tower::Error> {
    /// standby.promote().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn promote(&self) -> Result<(), Error> {
        let client = postmaster::connect(self.port).await?;
        let statement = format!("SELECT pg_promote(TRUE, {PROMOTE_MAX_S})");
        let promoted = client.query_one(&statement, &[]).await.and_then(|row| row.try_get(0));
        match promoted {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::embedded(format!("the standby was not promoted within {PROMOTE_MAX_S} seconds"))),
            Err(error) => {
                let reason = postmaster::reason(&error);
                Err(Error::embedded(format!("the standby was not promoted: {reason}")).because(error))
            }
        }
    }

    /// Stops the server and keeps the directory, a temporary one too, for
    /// [`restart`](Self::restart). Does nothing when it is stopped.
    ///
    /// Everybody is disconnected at once and what was committed is saved. A server that does not
    /// end within some seconds is killed.
    ///
    /// # Errors
    ///
    /// When a guard of the server does not end.
    ///
    /// ```no_run
    /// # async fn example(mut cluster: task_tower::embedded::Cluster) -> Result<(), task_tower::Error> {
    /// cluster.halt().await?;
    /// cluster.restart().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn halt(&mut self) -> Result<(), Error> {
        if let Some(server) = self.server.take() {
            server.guard.stop().await;
        }
        // If somebody has killed the guard, the server runs on. It cannot be left to itself.
        if let Some(server) = self.launcher.adopt(&self.directory).await? {
            server.guard.stop().await;
        }
        Ok(())
    }

    /// Kills the server as a crash would, with SIGKILL to its main process. Does nothing when it
    /// is stopped.
    ///
    /// Its other processes notice and end by themselves, those that are busy with a statement
    /// a little later. [`restart`](Self::restart) waits for that, and the server then recovers.
    ///
    /// # Errors
    ///
    /// When the guard of the server has gone.
    ///
    /// ```no_run
    /// # async fn example(mut cluster: task_tower::embedded::Cluster) -> Result<(), task_tower::Error> {
    /// cluster.kill().await?;
    /// assert_eq!(cluster.process_id(), None);
    /// cluster.restart().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn kill(&mut self) -> Result<(), Error> {
        match self.server.take() {
            Some(server) => server.guard.kill().await,
            None => Ok(()),
        }
    }

    /// Starts the server again, on the same port and with the same data. One that runs is halted
    /// first.
    ///
    /// # Errors
    ///
    /// When the server does not stop or does not start, for instance because somebody else has
    /// taken its port in between.
    ///
    /// ```no_run
    /// # async fn example(mut cluster: task_tower::embedded::Cluster) -> Result<(), task_tower::Error> {
    /// cluster.restart().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn restart(&mut self) -> Result<(), Error> {
        self.halt().await?;
        self.server = Some(self.launcher.start(&self.directory, Some(self.port)).await?);
        Ok(())
    }

    /// Stops the server, waits until it has ended, and removes a temporary directory.
    ///
    /// # Errors
    ///
    /// Those of [`halt`](Self::halt), and when the directory could not be removed.
    ///
    /// ```no_run
    /// # async fn example(cluster: task_tower::embedded::Cluster) -> Result<(), task_tower::Error> {
    /// cluster.stop().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn stop(mut self) -> Result<(), Error> {
        self.halt().await?;
        self.directory.finish().await
    }

    fn new(server: Server, directory: Directory, launcher: Launcher) -> Self {
        let port = server.postmaster.port;
        let url = postmaster::url(port, "postgres");
        tracing::debug!(%url, directory = %directory.path().display(), "started a PostgreSQL");
        Self { server: Some(server), directory, launcher, port, url }
    }
}

/// Allows what needs no escaping, neither in SQL nor in an address.
fn check_name(name: &str) -> Result<(), Error> {
    let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_' || letter == b'-';
    if (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(is_plain) {
        return Ok(());
    }
    Err(Error::embedded(format!(
        "{name:?} is no name for a database: 1 to {NAME_BYTES_MAX} of the letters a to z, digits, \
         _ and - are"
    )))
}
