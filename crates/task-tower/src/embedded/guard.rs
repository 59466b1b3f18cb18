//! The guard: the parent of a server, which stops it when this process has gone. Its work is in
//! `guard.sh`.

use std::ffi::OsString;
use std::fs::File;

use super::account::Account;
use super::directory::Directory;
use super::helper::Helper;
use crate::error::Error;

const GUARD: &str = include_str!("guard.sh");

/// A server under guard. Dropping it makes the guard stop the server.
#[derive(Debug)]
pub(super) struct Guard(Helper);

impl Guard {
    /// Starts a server with this command line. The guard keeps the lock as long as it lives.
    pub(super) fn start(
        account: &Account,
        directory: &Directory,
        lock: File,
        command_line: Vec<OsString>,
    ) -> Result<Self, Error> {
        Self::spawn(account, directory, lock, OsString::new(), command_line)
    }

    /// Guards a server that runs already.
    pub(super) fn adopt(account: &Account, directory: &Directory, lock: File, process_id: u32) -> Result<Self, Error> {
        Self::spawn(account, directory, lock, process_id.to_string().into(), Vec::new())
    }

    /// Has the server disconnect everybody and end.
    pub(super) async fn stop(mut self) {
        self.0.release();
        self.ended().await;
    }

    /// Kills the server, as a crash would.
    pub(super) async fn kill(mut self) -> Result<(), Error> {
        self.0
            .say("KILL")
            .map_err(|error| Error::embedded("the guard of the server does not listen").because(error))?;
        self.ended().await;
        Ok(())
    }

    /// Waits until the server and the guard have ended.
    pub(super) async fn ended(&self) {
        self.0.ended().await;
    }

    fn spawn(
        account: &Account,
        directory: &Directory,
        lock: File,
        adopted: OsString,
        command_line: Vec<OsString>,
    ) -> Result<Self, Error> {
        let arguments = [directory.path().as_os_str().to_owned(), adopted];
        let arguments = arguments.into_iter().chain(command_line);
        let helper = Helper::start(account, GUARD, "guard", arguments, lock)
            .map_err(|error| Error::embedded("the guard did not start").because(error))?;
        Ok(Self(helper))
    }
}
