//! A shell script in the background that watches over this process: it reads a pipe that only
//! this process holds, so that it learns of our end however it comes, SIGKILL included. What the
//! scripts do then is in `guard.sh` and `janitor.sh`.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;

use tokio::sync::watch;

use super::account::Account;

/// A running script. Dropping it closes the pipe, which is the script's signal to finish.
#[derive(Debug)]
pub(super) struct Helper {
    pipe: Option<ChildStdin>,
    ended: watch::Receiver<bool>,
}

impl Helper {
    /// Runs `script` in a process group of its own, out of reach of a Ctrl-C at the terminal.
    pub(super) fn start<A: AsRef<OsStr>>(
        account: &Account,
        script: &str,
        name: &str,
        arguments: impl IntoIterator<Item = A>,
        stdout: impl Into<Stdio>,
    ) -> io::Result<Self> {
        let mut command = account.command("/bin/sh");
        command.args(["-c", script, name]).args(arguments);
        command.stdin(Stdio::piped()).stdout(stdout).stderr(Stdio::null());
        Self::spawn(command.process_group(0))
    }

    /// Says one line to the script.
    pub(super) fn say(&mut self, line: &str) -> io::Result<()> {
        match &mut self.pipe {
            Some(pipe) => writeln!(pipe, "{line}"),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// A second end of the pipe for another child: the script does not finish before that one
    /// has ended too. What it writes there is read as lines.
    pub(super) fn share(&self) -> io::Result<Stdio> {
        match &self.pipe {
            Some(pipe) => Ok(pipe.as_fd().try_clone_to_owned()?.into()),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Closes the pipe: the script finishes, as it does when this process ends.
    pub(super) fn release(&mut self) {
        self.pipe = None;
    }

    /// Waits until the script has ended. May be called again, and from any runtime.
    pub(super) async fn ended(&self) {
        // An error means that the thread below has gone, and it only goes after the script.
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }

    fn spawn(command: &mut Command) -> io::Result<Self> {
        let mut child = command.spawn()?;
        let pipe = child.stdin.take();
        let ended = reap(child)?;
        Ok(Self { pipe, ended })
    }
}

/// Waits for the child on a thread: a cluster may outlive the tokio runtime that it was started
/// in (tests share one), and a child that nobody waits for stays behind as a zombie.
fn reap(mut child: Child) -> io::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    let wait = move || {
        if let Err(error) = child.wait() {
            tracing::warn!(%error, "lost sight of a helper of the embedded PostgreSQL");
        }
        sender.send_replace(true);
    };
    thread::Builder::new().name("embedded-postgres".to_owned()).spawn(wait)?;
    Ok(receiver)
}
