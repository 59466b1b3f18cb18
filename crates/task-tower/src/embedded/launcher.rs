//! Starting a server on a directory, and finding the one that runs there already.

use std::ffi::OsString;
use std::fmt::Write;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::account::Account;
use super::binaries::Binaries;
use super::directory::Directory;
use super::guard::Guard;
use super::initialize::{Initialization, Source};
use super::postmaster::{self, Postmaster};
use crate::error::Error;

/// How long a server may take to start: recovering from a crash takes its time.
const START_MAX: Duration = Duration::from_secs(60);

/// How long the processes of a killed server may take to notice that it has gone.
const REMAINS_MAX: Duration = Duration::from_secs(10);

/// How long a server that is there, but does not answer, may be starting or stopping.
const SURVIVOR_MAX: Duration = Duration::from_secs(10);

const TRY_AGAIN: Duration = Duration::from_millis(50);

/// How many ports are tried when somebody else is faster.
const PORTS_TRIED_MAX: usize = 10;

/// Below the ports that systems give to outgoing connections (Linux from 32768, macOS from
/// 49152), so that no connection sits on the port while a server restarts.
const PORTS: Range<u16> = 20_000..32_768;

/// For a small machine, and a quiet log. Users may change them.
const DEFAULTS: [(&str, &str); 3] =
    [("max_connections", "200"), ("shared_buffers", "128MB"), ("log_checkpoints", "off")];

/// For data that may be lost with the machine.
const FAST: [(&str, &str); 3] = [("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")];

/// What this module relies on: a server that only this machine reaches, and a log it can read.
const FIXED: [(&str, &str); 5] = [
    ("listen_addresses", "127.0.0.1"),
    ("unix_socket_directories", ""),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    ("lc_messages", "C"),
];

/// How the servers of a cluster are started.
#[derive(Debug)]
pub(super) struct Launcher {
    account: Account,
    binaries: Binaries,
    durable: bool,
    settings: Vec<(String, String)>,
}

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) guard: Guard,
    pub(super) postmaster: Postmaster,
}

impl Launcher {
    pub(super) fn new(durable: bool, settings: Vec<(String, String)>) -> Result<Self, Error> {
        let account = Account::find()?;
        let binaries = Binaries::find(&account)?;
        Ok(Self { account, binaries, durable, settings })
    }

    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    /// Makes the data of the directory, unless it is there.
    pub(super) async fn initialize(&self, directory: &Directory, source: Source) -> Result<(), Error> {
        let lock = directory.lock_for_guard().await?;
        let Self { account, binaries, durable, .. } = self;
        let initialization = Initialization { directory, binaries, account, durable: *durable, lock };
        initialization.run(source).await
    }

    /// Starts a server on this port, or on a free one, and waits until it answers.
    pub(super) async fn start(&self, directory: &Directory, port: Option<u16>) -> Result<Server, Error> {
        let deadline = Instant::now() + REMAINS_MAX;
        let mut ports_left = PORTS_TRIED_MAX;
        loop {
            let chosen = port.map_or_else(free_port, Ok)?;
            match self.try_start(directory, chosen).await {
                Ok(server) => return Ok(server),
                Err(Failure::PortTaken(_)) if port.is_none() && ports_left > 0 => ports_left -= 1,
                Err(Failure::Remains(_)) if Instant::now() < deadline => sleep(TRY_AGAIN).await,
                Err(failure) => return Err(failure.into_error()),
            }
        }
    }

    /// Takes over the server that runs in the directory without anybody to care for it.
    pub(super) async fn adopt(&self, directory: &Directory) -> Result<Option<Server>, Error> {
        let lock = directory.lock_for_guard().await?;
        let Some(postmaster) = self.find_survivor(directory).await else {
            return Ok(None);
        };
        let guard = Guard::adopt(&self.account, directory, lock, postmaster.process_id)?;
        Ok(Some(Server { guard, postmaster }))
    }

    async fn try_start(&self, directory: &Directory, port: u16) -> Result<Server, Failure> {
        let lock = directory.lock_for_guard().await?;
        let log_bytes = directory.log_bytes();
        let command_line = self.command_line(directory, port);
        let guard = Guard::start(&self.account, directory, lock, command_line)?;
        if until_up_or_down(&guard, directory, port).await
            && let Some(postmaster) = Postmaster::read(&directory.data())
        {
            return Ok(Server { guard, postmaster });
        }
        guard.stop().await;
        Err(Failure::from_log(directory, &directory.log_since(log_bytes)))
    }

    async fn find_survivor(&self, directory: &Directory) -> Option<Postmaster> {
        let data = directory.data();
        let deadline = Instant::now() + SURVIVOR_MAX;
        while Instant::now() < deadline {
            let postmaster = Postmaster::read(&data)?;
            if !postmaster.is_alive(&self.account) {
                return None;
            }
            if postmaster::answers(postmaster.port, &data).await {
                return Some(postmaster);
            }
            sleep(TRY_AGAIN).await;
        }
        // It may be a stranger with the number of our server. If not, the new server refuses.
        None
    }

    fn command_line(&self, directory: &Directory, port: u16) -> Vec<OsString> {
        let mut line: Vec<OsString> = vec![
            self.binaries.program("postgres").into(),
            "-D".into(),
            directory.data().into(),
            "-p".into(),
            port.to_string().into(),
        ];
        for (name, value) in self.all_settings() {
            line.extend(["-c".into(), format!("{name}={value}").into()]);
        }
        line
    }

    /// Of two settings with the same name, the later one counts.
    fn all_settings(&self) -> impl Iterator<Item = (&str, &str)> {
        let fast = FAST.into_iter().filter(|_| !self.durable);
        let own = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        DEFAULTS.into_iter().chain(fast).chain(own).chain(FIXED)
    }
}

/// Why a server did not start.
enum Failure {
    /// Another program listens on the port.
    PortTaken(Error),
    /// Processes of a killed server are still at the data. They end by themselves.
    Remains(Error),
    Other(Error),
}

impl Failure {
    fn from_log(directory: &Directory, log: &str) -> Self {
        let path = directory.path().display();
        let mut message = format!("PostgreSQL did not start in {path}");
        if log.is_empty() {
            message.push_str(", and left nothing in its log");
        } else {
            // Writing to a string cannot fail.
            let _ = write!(message, "; the end of its log:\n{log}");
        }
        let error = Error::embedded(message);
        if log.contains("could not create any TCP/IP sockets") {
            Self::PortTaken(error)
        } else if log.contains("pre-existing shared memory block") {
            Self::Remains(error)
        } else {
            Self::Other(error)
        }
    }

    fn into_error(self) -> Error {
        match self {
            Self::PortTaken(error) | Self::Remains(error) | Self::Other(error) => error,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// Whether the server is up. It is not when it has ended, or has taken too long.
async fn until_up_or_down(guard: &Guard, directory: &Directory, port: u16) -> bool {
    let data = directory.data();
    tokio::select! {
        answer = timeout(START_MAX, postmaster::until_it_answers(port, &data)) => answer.is_ok(),
        () = guard.ended() => false,
    }
}

/// Finds a port that nobody listens on at this moment.
fn free_port() -> Result<u16, Error> {
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let chosen = (0..PORTS_TRIED_MAX).map(|_| fastrand::u16(PORTS)).find(is_free);
    match chosen {
        Some(port) => Ok(port),
        None => any_port().map_err(|error| Error::embedded("no port is free").because(error)),
    }
}

fn any_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
