//! Making the data of a cluster: by initdb, or as a copy of a running server.

use std::fs::{self, File};
use std::io;
use std::process::{Command, Output, Stdio};

use super::account::Account;
use super::binaries::{Binaries, VARIABLE};
use super::directory::Directory;
use crate::error::Error;

/// The locales to try: text is UTF-8, and sorts and compares the same on every machine.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// Where the data of a new cluster comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// It starts empty.
    Nothing,
    /// It follows the server on this port.
    Server { port: u16 },
}

/// What is needed to make the data.
pub(super) struct Initialization<'a> {
    pub(super) directory: &'a Directory,
    pub(super) binaries: &'a Binaries,
    pub(super) account: &'a Account,
    pub(super) durable: bool,
    /// Tells others that somebody writes to the data.
    pub(super) lock: File,
}

impl Initialization<'_> {
    /// Makes the data unless it is there.
    pub(super) async fn run(&self, source: Source) -> Result<(), Error> {
        if self.directory.is_ready() {
            return self.check_version();
        }
        self.directory.clear_data()?;
        match source {
            Source::Nothing => self.make_empty().await?,
            Source::Server { port } => self.copy_server(port).await?,
        }
        self.directory.mark_ready()
    }

    /// A locale that this machine does not know makes initdb fail.
    async fn make_empty(&self) -> Result<(), Error> {
        let [preferred, last_resort] = LOCALES;
        let output = self.run_program("initdb", self.initdb(preferred)).await?;
        if output.status.success() || !complaint(&output).contains("locale") {
            return check_success("initdb", &output);
        }
        self.directory.clear_data()?;
        let output = self.run_program("initdb", self.initdb(last_resort)).await?;
        check_success("initdb", &output)
    }

    fn initdb(&self, locale: &str) -> Command {
        let mut command = self.account.command(self.binaries.program("initdb"));
        command.args(["--no-instructions", "-A", "trust", "-U", "postgres", "-E", "UTF8"]);
        command.arg(format!("--locale={locale}")).args(self.sync_option());
        command.arg("-D").arg(self.directory.data());
        command
    }

    async fn copy_server(&self, port: u16) -> Result<(), Error> {
        let program = self.binaries.optional_program("pg_basebackup")?;
        let server = format!("host=127.0.0.1 port={port} user=postgres sslmode=disable gssencmode=disable");
        let mut command = self.account.command(program);
        command.args(["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast"]);
        command.args(self.sync_option()).arg("--dbname").arg(server);
        command.arg("--pgdata").arg(self.directory.data());
        let output = self.run_program("pg_basebackup", command).await?;
        check_success("pg_basebackup", &output)
    }

    fn sync_option(&self) -> Option<&str> {
        (!self.durable).then_some("--no-sync")
    }

    /// Runs to the end, also when this process is killed or stops waiting meanwhile: killing
    /// initdb would leave a server of its own behind, which still writes. Until it has ended, the
    /// lock keeps the next cluster out of the directory, and the directory is not removed.
    async fn run_program(&self, name: &str, mut command: Command) -> Result<Output, Error> {
        let not_run = |error: io::Error| Error::embedded(format!("{name} did not run: {error}")).because(error);
        command.stdin(Stdio::from(self.lock.try_clone().map_err(not_run)?));
        command.stdout(self.directory.hold()?).stderr(Stdio::piped());
        let child = tokio::process::Command::from(command).spawn().map_err(not_run)?;
        child.wait_with_output().await.map_err(not_run)
    }

    fn check_version(&self) -> Result<(), Error> {
        let data = self.directory.data();
        let made_by = fs::read_to_string(data.join("PG_VERSION")).unwrap_or_default();
        let found = self.binaries.version().to_string();
        if made_by.trim() == found {
            return Ok(());
        }
        Err(Error::embedded(format!(
            "{} was made by PostgreSQL {}, but PostgreSQL {found} was found: let {VARIABLE} name \
             the one that made it, or remove the directory",
            data.display(),
            made_by.trim(),
        )))
    }
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

fn check_success(name: &str, output: &Output) -> Result<(), Error> {
    if output.status.success() {
        return Ok(());
    }
    let complaint = complaint(output);
    Err(Error::embedded(format!("{name} failed ({}):\n{complaint}", output.status)))
}
