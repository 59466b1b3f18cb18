//! Where the database is and how to connect to it: the connection string, the environment, TLS.

use std::env;
use std::time::Duration;

use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, Config};

use super::dotnet;
use super::fault;
use super::inbox::{self, Inbox};
use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The driver's own limit counts for each host, and not the handshake after it.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// A peer that vanished without a word is noticed within this time, not after hours.
const SILENCE_MAX: Duration = Duration::from_secs(15);

/// A checked connection string.
#[derive(Clone)]
pub(crate) struct Address {
    config: Config,
    read_only_will_do: bool,
}

impl Address {
    /// From the connection string, or else from `DATABASE_URL`, or else from libpq's `PG*`.
    pub(crate) fn find(connection_string: Option<&str>) -> Result<Self> {
        let config = match (connection_string, variable("DATABASE_URL")) {
            (Some(text), _) => parse(text).map_err(|error| error.context("connection_string"))?,
            (None, Some(text)) => parse(&text).map_err(|error| error.context("DATABASE_URL"))?,
            (None, None) => from_environment()?,
        };
        Ok(Self::with_manners(config))
    }

    fn with_manners(mut config: Config) -> Self {
        if config.get_application_name().is_none() {
            config.application_name("task-tower");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        config.keepalives_idle(Duration::from_secs(10));
        config.keepalives_interval(Duration::from_secs(5));
        config.keepalives_retries(3);
        config.tcp_user_timeout(SILENCE_MAX);
        // A standby accepts connections and refuses every write: better to try the next host.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        Self { config, read_only_will_do: false }
    }

    /// Connects, and drives the connection on a task of its own until it ends.
    pub(crate) async fn connect(&self, inbox: Option<Inbox>) -> Result<Client> {
        let connecting = async {
            match self.config.get_ssl_mode() {
                SslMode::Disable => self.connect_plainly(inbox).await,
                _ => self.connect_safely(inbox).await,
            }
        };
        match tokio::time::timeout(CONNECT_LIMIT, connecting).await {
            Ok(connected) => connected,
            Err(_) => Err(Error::unavailable("connect to PostgreSQL: no answer within 10 s")),
        }
    }

    /// The same servers, and if none of them takes changes, one that answers questions.
    pub(crate) fn or_read_only(mut self) -> Self {
        self.read_only_will_do = true;
        self
    }

    /// One more try, if it was only that no server takes changes.
    pub(crate) fn without_changes(&self, error: &Error) -> Option<Self> {
        (self.read_only_will_do && fault::is_read_only(error)).then(|| {
            let mut config = self.config.clone();
            config.target_session_attrs(TargetSessionAttrs::Any);
            Self { config, read_only_will_do: false }
        })
    }

    fn cannot_connect(&self, error: tokio_postgres::Error) -> Error {
        fault::from_connect(&self.places(), error)
    }

    /// Hosts with ports, for people; a place without a host is the local socket.
    fn places(&self) -> String {
        let ports = self.config.get_ports();
        let places = self.config.get_hosts().iter().enumerate().map(|(number, host)| {
            let port = ports.get(number).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            }
        });
        places.collect::<Vec<_>>().join(", ")
    }

    async fn connect_plainly(&self, inbox: Option<Inbox>) -> Result<Client> {
        let (client, connection) =
            self.config.connect(tokio_postgres::NoTls).await.map_err(|error| self.cannot_connect(error))?;
        tokio::spawn(inbox::drive(connection, inbox));
        Ok(client)
    }

    #[cfg(feature = "tls")]
    async fn connect_safely(&self, inbox: Option<Inbox>) -> Result<Client> {
        let tls = super::tls::connector(self.config.get_ssl_mode());
        let (client, connection) = self.config.connect(tls).await.map_err(|error| self.cannot_connect(error))?;
        tokio::spawn(inbox::drive(connection, inbox));
        Ok(client)
    }

    #[cfg(not(feature = "tls"))]
    async fn connect_safely(&self, inbox: Option<Inbox>) -> Result<Client> {
        if self.config.get_ssl_mode() == SslMode::Require {
            return Err(Error::invalid("connection_string asks for TLS, but the feature \"tls\" is off"));
        }
        self.connect_plainly(inbox).await
    }
}

/// A URL or pairs as in libpq, which the driver reads, or else pairs as in .NET.
fn parse(text: &str) -> Result<Config> {
    let is_url = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
    match text.parse() {
        Ok(config) if is_url || !swallows_pairs(text, &config) => Ok(config),
        Err(error) if is_url || !dotnet::is_likely(text) => Err(unreadable(&error)),
        _ => dotnet::parse(text),
    }
}

/// To the driver, `host=a;user=b` is one pair with an odd value.
fn swallows_pairs(text: &str, config: &Config) -> bool {
    let is_odd = |host: &Host| matches!(host, Host::Tcp(name) if name.contains(';'));
    let is_nowhere = config.get_hosts().is_empty() && config.get_hostaddrs().is_empty();
    text.contains(';') && (is_nowhere || config.get_hosts().iter().any(is_odd))
}

/// The driver's message names the part that is wrong, never the password.
fn unreadable(error: &tokio_postgres::Error) -> Error {
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    Error::invalid(format!(
        "cannot be read: {cause}; write \"postgres://user:password@host:5432/database\" or \"host=… port=… user=… dbname=…\""
    ))
}

/// libpq's variables, which the driver does not read by itself.
fn from_environment() -> Result<Config> {
    let mut config = Config::new();
    config.host(variable("PGHOST").unwrap_or_else(|| "localhost".to_owned()));
    if let Some(port) = variable("PGPORT") {
        config.port(port.parse().map_err(|_| Error::invalid(format!("PGPORT \"{port}\" is not a port")))?);
    }
    let user = variable("PGUSER").or_else(|| variable("USER")).unwrap_or_else(|| "postgres".to_owned());
    config.dbname(variable("PGDATABASE").unwrap_or_else(|| user.clone()));
    config.user(user);
    if let Some(password) = variable("PGPASSWORD") {
        config.password(password);
    }
    if let Some(mode) = variable("PGSSLMODE") {
        let refused = || Error::invalid(format!("PGSSLMODE \"{mode}\" is not a mode of libpq"));
        config.ssl_mode(ssl_mode(&mode).ok_or_else(refused)?);
    }
    Ok(config)
}

/// What is asked of TLS: certificates are verified in any case.
pub(super) fn ssl_mode(mode: &str) -> Option<SslMode> {
    match mode {
        "disable" => Some(SslMode::Disable),
        "allow" | "prefer" => Some(SslMode::Prefer),
        "require" | "verify-ca" | "verify-full" => Some(SslMode::Require),
        _ => None,
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
