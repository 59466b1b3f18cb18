//! The janitor: makes a temporary directory, and removes it when this process has gone. Its work
//! is in `janitor.sh`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::account::Account;
use super::directory::failed;
use super::helper::Helper;
use crate::error::Error;

const JANITOR: &str = include_str!("janitor.sh");

/// A directory in care. Dropping it makes the janitor remove the directory.
#[derive(Debug)]
pub(super) struct Janitor {
    helper: Helper,
    path: PathBuf,
}

impl Janitor {
    /// Makes the directory, which belongs to the account, and starts to care for it: the other
    /// way round, it would stay when this process is killed in between.
    pub(super) fn make_directory(account: &Account, path: &Path) -> Result<Self, Error> {
        let helper = Helper::start(account, JANITOR, "janitor", [path], Stdio::null())
            .map_err(|error| failed(path, "has no janitor", error))?;
        let janitor = Self { helper, path: path.to_path_buf() };
        let mut mkdir = account.command("mkdir");
        mkdir.args(["-m", "700"]).arg(path).stdin(Stdio::null()).stdout(janitor.hold()?);
        let output = mkdir.stderr(Stdio::piped()).output();
        let output = output.map_err(|error| failed(path, "was not made", error))?;
        if output.status.success() {
            return Ok(janitor);
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        let message = format!("{} was not made: {}", path.display(), complaint.trim());
        Err(Error::embedded(message))
    }

    /// Something for a child to hold, as its standard output, that must have ended before the
    /// directory is removed: it would only make it again.
    pub(super) fn hold(&self) -> Result<Stdio, Error> {
        self.helper.share().map_err(|error| failed(&self.path, "has no janitor", error))
    }

    /// Has the directory removed.
    pub(super) async fn finish(mut self) -> Result<(), Error> {
        self.helper.release();
        self.helper.ended().await;
        // It has done all of this, unless somebody has killed it.
        match fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&self.path, "was not removed", error)),
            _ => Ok(()),
        }
    }
}
