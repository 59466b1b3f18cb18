//! Connection strings made from that of the run, with another user, database or place.

use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// A connection string in parts; [`Address::text`] and [`Address::url`] put it together.
#[derive(Clone)]
pub struct Address {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Option<String>,
    pub database: String,
    /// Further `key=value` pairs.
    pub more: Vec<(&'static str, String)>,
}

impl Address {
    pub fn of(url: &str) -> Self {
        let config: Config = url.parse().unwrap();
        let user = config.get_user().unwrap().to_owned();
        Self {
            host: host(&config),
            port: config.get_ports().first().copied().unwrap_or(5432),
            password: config.get_password().map(|password| String::from_utf8(password.to_vec()).unwrap()),
            database: config.get_dbname().unwrap_or(&user).to_owned(),
            user,
            more: Vec::new(),
        }
    }

    /// Gives the connections a name by which `pg_stat_activity` shows them.
    pub fn named(mut self, name: &str) -> Self {
        self.more.push(("application_name", name.to_owned()));
        self
    }

    pub fn in_database(mut self, name: &str) -> Self {
        self.database = name.to_owned();
        self
    }

    /// As a URL, which every driver reads.
    pub fn url(&self) -> String {
        let password = self.password.iter().map(|password| format!(":{}", escaped(password))).collect::<String>();
        let (user, host, database) = (escaped(&self.user), escaped(&self.host), escaped(&self.database));
        let more =
            self.more.iter().map(|(key, value)| format!("{key}={}", escaped(value))).collect::<Vec<_>>().join("&");
        format!("postgres://{user}{password}@{host}:{}/{database}?{more}", self.port)
    }

    /// As `key=value` pairs.
    pub fn text(&self) -> String {
        let port = self.port.to_string();
        let mut pairs = vec![("host", &self.host), ("port", &port), ("user", &self.user), ("dbname", &self.database)];
        pairs.extend(self.password.iter().map(|password| ("password", password)));
        pairs.extend(self.more.iter().map(|(key, value)| (*key, value)));
        pairs.into_iter().map(|(key, value)| format!("{key}={}", quoted(value))).collect::<Vec<_>>().join(" ")
    }
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn host(config: &Config) -> String {
    match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    }
}

fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}
