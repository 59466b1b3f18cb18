//! What systemd wants to hear of a service of `Type=notify`: that it is ready, that it stops, and that it lives. A few
//! words to a datagram socket, as `sd_notify(3)` has them.

use std::env;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

/// The service manager that started this process, if it wants to hear of it.
///
/// [`TaskTower::run`](crate::TaskTower::run) and [`run_until`](crate::TaskTower::run_until) tell it by themselves: ready
/// when the worker is registered, stopping when it stops, and alive as often as `WatchdogSec` asks, by a task on the
/// runtime that calls them: a runtime that is blocked falls silent. A program that is ready later than its worker, or has
/// none, tells it by this.
///
/// ```
/// use task_tower::systemd::Supervisor;
///
/// if let Some(supervisor) = Supervisor::from_env() {
///     supervisor.ready();
/// }
/// ```
#[derive(Debug)]
pub struct Supervisor {
    socket: UnixDatagram,
    watchdog: Option<Duration>,
}

impl Supervisor {
    /// The one that `NOTIFY_SOCKET` names; `None` where nothing does, or it cannot be reached.
    #[must_use]
    pub fn from_env() -> Option<Self> {
        let name = env::var("NOTIFY_SOCKET").ok().filter(|name| !name.is_empty())?;
        match connect(&name) {
            Ok(socket) => Some(Self { socket, watchdog: watchdog() }),
            Err(error) => {
                tracing::warn!(%error, name, "could not reach the service manager");
                None
            }
        }
    }

    /// Says that the service has started.
    pub fn ready(&self) {
        self.say("READY=1");
    }

    /// Says that the service stops.
    pub fn stopping(&self) {
        self.say("STOPPING=1");
    }

    /// Within what time it wants to hear that the service lives, if it does.
    #[must_use]
    pub fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    /// Says that the service lives, twice within the [time](Supervisor::watchdog) that it is asked to, for as long as this is
    /// polled. It never returns, and does nothing where nobody asks.
    pub async fn keep_alive(&self) {
        let Some(watchdog) = self.watchdog else { return std::future::pending().await };
        loop {
            self.say("WATCHDOG=1");
            tokio::time::sleep(watchdog / 2).await;
        }
    }

    /// Whether anybody hears it does not matter to the work.
    fn say(&self, word: &str) {
        if let Err(error) = self.socket.send(word.as_bytes()) {
            tracing::warn!(%error, word, "could not tell the service manager");
        }
    }
}

fn connect(name: &str) -> std::io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    match name.strip_prefix('@') {
        Some(name) => connect_abstract(&socket, name)?,
        None => socket.connect(name)?,
    }
    // A manager that does not read must not hold up the work.
    socket.set_nonblocking(true)?;
    Ok(socket)
}

#[cfg(target_os = "linux")]
fn connect_abstract(socket: &UnixDatagram, name: &str) -> std::io::Result<()> {
    use std::os::linux::net::SocketAddrExt;
    socket.connect_addr(&std::os::unix::net::SocketAddr::from_abstract_name(name)?)
}

#[cfg(not(target_os = "linux"))]
fn connect_abstract(_: &UnixDatagram, _: &str) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Asked of this process, and not of one that it was started by.
fn watchdog() -> Option<Duration> {
    let own = std::process::id().to_string();
    if env::var("WATCHDOG_PID").is_ok_and(|asked| asked != own) {
        return None;
    }
    let microseconds: u64 = env::var("WATCHDOG_USEC").ok()?.parse().ok()?;
    (microseconds > 0).then(|| Duration::from_micros(microseconds))
}
