//! The directory of a cluster: who uses it, and what lies where in it. Where it is, is in
//! `place`; its data is made by `initialize`.
//!
//! ```text
//! task-tower.lock    held by the process that uses the cluster; its presence makes the directory ours
//! task-tower.guard   held by whatever may still write to the data: the guard, initdb
//! task-tower.ready   written when the data is complete
//! server.log         what the server has to say
//! data               PostgreSQL's data directory
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::account::Account;
use super::janitor::Janitor;
use super::place;
use super::postmaster::Postmaster;
use crate::error::Error;

/// How long a guard of an earlier process may take to stop its server: a little more than
/// `guard.sh` takes until it kills the server.
const EARLIER_GUARD_MAX: Duration = Duration::from_secs(25);

/// How often it is looked whether the guard has finished.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A log that is larger is started anew with the next start of the cluster.
const LOG_BYTES_MAX: u64 = 10 * 1024 * 1024;

/// How many lines of the log an error message quotes.
const LOG_LINES_QUOTED: usize = 20;

/// The file that makes a directory ours.
const LOCK: &str = "task-tower.lock";

/// A directory that this process alone uses, as long as this value lives.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    // Held for its lock.
    _lock: File,
    // Present when the directory is a temporary one, which goes when this process goes.
    janitor: Option<Janitor>,
}

impl Directory {
    /// Makes a directory that is removed at the end.
    pub(super) fn temporary(account: &Account) -> Result<Self, Error> {
        let path = place::choose_temporary(account)?;
        let janitor = Janitor::make_directory(account, &path)?;
        Self::take(path, Some(janitor))
    }

    /// Takes a directory that stays, and makes it if need be.
    pub(super) fn lasting(path: &Path, account: &Account) -> Result<Self, Error> {
        let path = place::make_lasting(path, LOCK, account)?;
        let directory = Self::take(path, None)?;
        account.check_owner(&directory.path)?;
        directory.trim_log()?;
        Ok(directory)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// Whether the data is complete: it is neither new nor left half-made by a process that was
    /// interrupted.
    pub(super) fn is_ready(&self) -> bool {
        self.ready_marker().exists()
    }

    pub(super) fn mark_ready(&self) -> Result<(), Error> {
        match create_new(&self.ready_marker()) {
            Err(error) => Err(self.failed("did not take a new file", error)),
            Ok(_) => Ok(()),
        }
    }

    /// Removes data that is not ready.
    pub(super) fn clear_data(&self) -> Result<(), Error> {
        match fs::remove_dir_all(self.data()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(self.failed("still holds half-made data", error))
            }
            _ => Ok(()),
        }
    }

    /// The lock for whoever writes to the data. It waits until a guard of an earlier process,
    /// which may just be stopping a server, has let go of it.
    pub(super) async fn lock_for_guard(&self) -> Result<File, Error> {
        let file = open_lock(&self.path.join("task-tower.guard"))
            .map_err(|error| self.failed("did not take a lock file", error))?;
        let deadline = Instant::now() + EARLIER_GUARD_MAX;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(self.failed("has no lock", error)),
                Err(TryLockError::WouldBlock) if Instant::now() > deadline => {
                    return Err(self.in_use("by the server of an earlier process"));
                }
                Err(TryLockError::WouldBlock) => sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// What a child that writes here takes as its standard output, so that a temporary directory
    /// is not removed before it has ended.
    pub(super) fn hold(&self) -> Result<Stdio, Error> {
        self.janitor.as_ref().map_or_else(|| Ok(Stdio::null()), Janitor::hold)
    }

    /// How much the server has said so far.
    pub(super) fn log_bytes(&self) -> u64 {
        fs::metadata(self.log()).map_or(0, |log| log.len())
    }

    /// The last lines of what the server has said since the log had that many bytes.
    pub(super) fn log_since(&self, bytes: u64) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let start = usize::try_from(bytes).unwrap_or(usize::MAX);
        last_lines(&String::from_utf8_lossy(log.get(start..).unwrap_or_default()))
    }

    /// Removes a temporary directory. One that stays is only let go.
    pub(super) async fn finish(self) -> Result<(), Error> {
        match self.janitor {
            Some(janitor) => janitor.finish().await,
            None => Ok(()),
        }
    }

    fn take(path: PathBuf, janitor: Option<Janitor>) -> Result<Self, Error> {
        let lock = open_lock(&path.join(LOCK)).map_err(|error| failed(&path, "did not take a lock file", error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock, janitor }),
            Err(TryLockError::WouldBlock) => Err(used_by_another(&path)),
            Err(TryLockError::Error(error)) => Err(failed(&path, "has no lock", error)),
        }
    }

    fn log(&self) -> PathBuf {
        self.path.join("server.log")
    }

    fn ready_marker(&self) -> PathBuf {
        self.path.join("task-tower.ready")
    }

    fn trim_log(&self) -> Result<(), Error> {
        if self.log_bytes() <= LOG_BYTES_MAX {
            return Ok(());
        }
        fs::remove_file(self.log()).map_err(|error| self.failed("keeps a log too large", error))
    }

    fn in_use(&self, by_whom: &str) -> Error {
        Error::embedded(format!("the directory {} is in use {by_whom}", self.path.display()))
    }

    fn failed(&self, what: &str, error: io::Error) -> Error {
        failed(&self.path, what, error)
    }
}

/// Opens the file, and makes it if need be. It is never written to, so that a link put in its
/// place by somebody else does no harm.
fn open_lock(path: &Path) -> io::Result<File> {
    match create_new(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => File::open(path),
        created => created,
    }
}

fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES_QUOTED)..].join("\n")
}

fn used_by_another(path: &Path) -> Error {
    let server = match Postmaster::read(&path.join("data")) {
        Some(server) => format!(" (its server is on port {})", server.port),
        None => String::new(),
    };
    Error::embedded(format!(
        "the directory {} is in use by another cluster{server}: stop that one, or name another \
         directory",
        path.display(),
    ))
}

pub(super) fn failed(path: &Path, what: &str, error: io::Error) -> Error {
    Error::embedded(format!("{} {what}: {error}", path.display())).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_lines_are_quoted() {
        let text: String = (1..=30).map(|number| format!("line {number}\n")).collect();

        let quoted = last_lines(&text);

        assert!(quoted.starts_with("line 11\n") && quoted.ends_with("line 30"), "{quoted}");
        assert_eq!(last_lines("one\ntwo\n"), "one\ntwo");
        assert_eq!(last_lines(""), "");
    }
}
