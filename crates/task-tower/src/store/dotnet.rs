//! The connection string as .NET's Npgsql writes it: `Host=localhost;Port=5432;Username=app`. The
//! names of its keys may be written large or small, with blanks or without.
//!
//! No message of this file shows a value, nor anything else that may be a part of a password.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, LoadBalanceHosts, SslMode};

use super::address::{CONNECT_LIMIT, ssl_mode};
use crate::config::nearest;
use crate::error::{Error, Result};

/// What means something to a tower. All keys are here in small letters and without blanks.
const TAKEN: &str = "host server port database db username userid user uid password pwd psw sslmode \
                     trustservercertificate timeout applicationname channelbinding loadbalancehosts options";

/// What steers Npgsql itself: its pool, buffers, time limits and caches. A tower has its own ways.
const IGNORED: &str = "pooling minpoolsize minimumpoolsize maxpoolsize maximumpoolsize connectionidlelifetime \
                       connectionpruninginterval connectionlifetime loadbalancetimeout hostrecheckseconds \
                       targetsessionattributes commandtimeout internalcommandtimeout cancellationtimeout keepalive \
                       tcpkeepalive tcpkeepalivetime tcpkeepaliveinterval readbuffersize writebuffersize \
                       socketreceivebuffersize socketsendbuffersize writecoalescingbufferthresholdbytes \
                       maxautoprepare autoprepareminusages noresetonclose multiplexing enlist persistsecurityinfo \
                       logparameters includeerrordetail includeerrordetails loadtablecomposites arraynullabilitymode \
                       servercompatibilitymode useperfcounters clientencoding encoding timezone searchpath";

/// What Npgsql knows and we cannot do: to ignore it would end in a connection that is refused later.
const IMPOSSIBLE: &str = "passfile rootcertificate sslcertificate sslkey sslpassword checkcertificaterevocation \
                          sslnegotiation gssencryptionmode requireauth integratedsecurity kerberosservicename \
                          includerealm replicationmode";

const MODES: &str = "Disable, Allow, Prefer, Require, VerifyCA or VerifyFull";
const BINDINGS: &str = "Disable, Prefer or Require";

/// Whether somebody meant this form who wrote a text that is neither a URL nor read by libpq.
pub(super) fn is_likely(text: &str) -> bool {
    let first_key = text.split('=').next().unwrap_or_default();
    text.contains(';') || first_key.len() < text.len() && first_key.contains(|letter: char| letter.is_uppercase())
}

pub(super) fn parse(text: &str) -> Result<Config> {
    let mut config = Config::new();
    let mut places = Places::default();
    let mut password_seen = false;
    for (number, pair) in (1..).zip(pairs(text)?) {
        let key = plain(pair.key);
        if !is_in(TAKEN, &key) && !is_in(IGNORED, &key) {
            return Err(unknown(number, &pair, &key, password_seen));
        }
        password_seen |= is_password(&key);
        if !pair.value.is_empty() {
            take(&mut config, &mut places, &key, &pair)?;
        }
    }
    places.enter(&mut config)?;
    Ok(config)
}

fn is_in(keys: &str, key: &str) -> bool {
    keys.split(' ').any(|known| known == key)
}

struct Pair<'a> {
    key: &'a str,
    value: String,
}

fn pairs(text: &str) -> Result<Vec<Pair<'_>>> {
    let mut pairs = Vec::new();
    let mut rest = skip_separators(text);
    while !rest.is_empty() {
        let (pair, after) = pair(rest).ok_or_else(|| {
            let number = pairs.len() + 1;
            Error::invalid(format!("part {number} is not \"key=value\"; a value with \";\" in it wants quotes"))
        })?;
        pairs.push(pair);
        rest = skip_separators(after);
    }
    Ok(pairs)
}

fn skip_separators(text: &str) -> &str {
    text.trim_start_matches(|letter: char| letter == ';' || letter.is_whitespace())
}

/// The first pair, and what comes after it.
fn pair(text: &str) -> Option<(Pair<'_>, &str)> {
    let (key, after) = text.split_once('=').filter(|(key, _)| !key.contains(';'))?;
    let after = after.trim_start();
    if let Some(quote) = after.chars().next().filter(|first| "'\"".contains(*first)) {
        let (value, after) = quoted(&after[1..], quote)?;
        let ends = after.trim_start().starts_with(';') || after.trim().is_empty();
        return ends.then_some((Pair { key, value }, after));
    }
    let (value, after) = after.split_once(';').unwrap_or((after, ""));
    Some((Pair { key, value: value.trim().to_owned() }, after))
}

/// The value up to its closing quote; a quote that is doubled belongs to the value.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (piece, after) = rest.split_once(quote)?;
        value.push_str(piece);
        let Some(doubled) = after.strip_prefix(quote) else { return Some((value, after)) };
        value.push(quote);
        rest = doubled;
    }
}

fn plain(key: &str) -> String {
    key.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn is_password(key: &str) -> bool {
    ["password", "pwd", "psw"].contains(&key)
}

fn take(config: &mut Config, places: &mut Places, key: &str, pair: &Pair<'_>) -> Result<()> {
    let value = pair.value.as_str();
    let refused = |allowed: &str| Error::invalid(format!("{} is not {allowed}", pair.key.trim()));
    match key {
        "host" | "server" => {
            places.hosts = hosts(value)?;
            config
        }
        "port" => {
            places.port = Some(port(value).ok_or_else(|| refused("a port: 1 to 65535"))?);
            config
        }
        "database" | "db" => config.dbname(value),
        "username" | "userid" | "user" | "uid" => config.user(value),
        "password" | "pwd" | "psw" => config.password(value),
        "applicationname" => config.application_name(value),
        "options" => config.options(value),
        "timeout" => config.connect_timeout(timeout(value).ok_or_else(|| refused("0 to 1024 seconds"))?),
        "sslmode" => config.ssl_mode(mode(value).ok_or_else(|| refused(MODES))?),
        "channelbinding" => config.channel_binding(binding(value).ok_or_else(|| refused(BINDINGS))?),
        "trustservercertificate" if !value.eq_ignore_ascii_case("false") => {
            return Err(refused("possible: certificates are always verified"));
        }
        "loadbalancehosts" if value.eq_ignore_ascii_case("true") => config.load_balance_hosts(LoadBalanceHosts::Random),
        _ => config,
    };
    Ok(())
}

fn port(value: &str) -> Option<u16> {
    value.parse().ok().filter(|port| *port > 0)
}

/// Zero is no limit, which is here as long as any try to connect may take.
fn timeout(value: &str) -> Option<Duration> {
    match value.parse().ok()? {
        0 => Some(CONNECT_LIMIT),
        seconds @ 1..=1024 => Some(Duration::from_secs(seconds)),
        _ => None,
    }
}

fn mode(value: &str) -> Option<SslMode> {
    match plain(value).replace('-', "").as_str() {
        "verifyca" => ssl_mode("verify-ca"),
        "verifyfull" => ssl_mode("verify-full"),
        other => ssl_mode(other),
    }
}

fn binding(value: &str) -> Option<ChannelBinding> {
    match plain(value).as_str() {
        "disable" => Some(ChannelBinding::Disable),
        "prefer" => Some(ChannelBinding::Prefer),
        "require" => Some(ChannelBinding::Require),
        _ => None,
    }
}

/// Hosts and the port for those that bring none of their own: both may come in any order.
#[derive(Default)]
struct Places {
    hosts: Vec<(String, Option<u16>)>,
    port: Option<u16>,
}

impl Places {
    fn enter(self, config: &mut Config) -> Result<()> {
        if self.hosts.is_empty() {
            return Err(Error::invalid("has no Host"));
        }
        for (host, port) in self.hosts {
            config.host(host);
            config.port(port.or(self.port).unwrap_or(5432));
        }
        Ok(())
    }
}

/// One host or several, each perhaps with its port: `first:5433,second`.
fn hosts(value: &str) -> Result<Vec<(String, Option<u16>)>> {
    let refused = |fault: &str| Err(Error::invalid(format!("Host {fault}")));
    let is_odd = |letter: char| letter.is_whitespace() || letter == '=';
    let hosts = value.split(',').map(str::trim).map(|place| match host(place) {
        // Pairs as in libpq with a large letter; what is odd here may be the password.
        _ if place.contains(is_odd) => refused("has a blank or \"=\" in it; pairs are set apart by \";\""),
        (host, Some(text)) => match port(text) {
            Some(port) => Ok((host.to_owned(), Some(port))),
            None => refused("has a port that is not 1 to 65535"),
        },
        (host, None) => Ok((host.to_owned(), None)),
    });
    hosts.collect()
}

/// A host and its port. More than one colon is an IPv6 address, which has its port behind brackets.
fn host(place: &str) -> (&str, Option<&str>) {
    match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None if place.starts_with('/') => (place, None),
        None if place.matches(':').count() > 1 => (place, None),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    }
}

/// A password with a semicolon and without quotes looks like one more key: what comes after a
/// password is shown only if it resembles a key.
fn unknown(number: usize, pair: &Pair<'_>, key: &str, password_seen: bool) -> Error {
    let shown = pair.key.trim();
    let known: Vec<&str> = [TAKEN, IGNORED, IMPOSSIBLE].into_iter().flat_map(|keys| keys.split(' ')).collect();
    match nearest(key, &known) {
        Some(near) if near == key => Error::invalid(format!("{shown:?} is a key that Task Tower cannot obey")),
        Some(near) => Error::invalid(format!("{shown:?} is not a known key; did you mean {near}?")),
        None if password_seen => Error::invalid(format!(
            "part {number} is not a known key, and not shown since it comes after the password; a value with \";\" in \
             it wants quotes"
        )),
        None => Error::invalid(format!("{shown:?} is not a known key; these are known: {TAKEN}")),
    }
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::Host;

    use super::*;

    fn tcp(names: &[&str]) -> Vec<Host> {
        names.iter().map(|name| Host::Tcp((*name).to_owned())).collect()
    }

    #[test]
    fn every_alias_means_the_same() {
        let spellings = [
            "Host=db;Port=5433;Database=shop;Username=app;Password=secret;Application Name=web",
            "server=db; port=5433; DB=shop; User Id=app; PWD=secret; ApplicationName=web;",
            ";; HOST = db ;PORT=5433;database=shop;uid=app;psw=secret;application name=web",
            "Host=other;Host='db';Port=5433;Database=\"shop\";User=app;Password='secret' ; Application Name=web",
        ];

        for text in spellings {
            let config = parse(text).unwrap();
            assert_eq!(config.get_hosts(), tcp(&["db"]), "{text}");
            assert_eq!(config.get_ports(), [5433], "{text}");
            assert_eq!(config.get_dbname(), Some("shop"), "{text}");
            assert_eq!(config.get_user(), Some("app"), "{text}");
            assert_eq!(config.get_password(), Some("secret".as_bytes()), "{text}");
            assert_eq!(config.get_application_name(), Some("web"), "{text}");
        }
    }

    #[test]
    fn a_value_in_quotes_may_hold_anything() {
        for (written, meant) in [
            ("'a;b=c'", "a;b=c"),
            ("\"a;b\"", "a;b"),
            ("'it''s'", "it's"),
            ("\"say \"\"x\"\"\"", "say \"x\""),
            ("' a '", " a "),
            ("a'b", "a'b"),
            ("a=b", "a=b"),
        ] {
            let config = parse(&format!("Host=db;Password={written};Database=shop")).unwrap();
            assert_eq!(config.get_password(), Some(meant.as_bytes()), "{written}");
            assert_eq!(config.get_dbname(), Some("shop"), "{written}");
        }
    }

    #[test]
    fn several_hosts_bring_their_ports() {
        let config = parse("Host=one:5433, two,[::1]:5434,::1,/run/postgresql;Port=5435").unwrap();

        assert_eq!(config.get_ports(), [5433, 5435, 5434, 5435, 5435]);
        assert_eq!(config.get_hosts()[..4], tcp(&["one", "two", "::1", "::1"]));
        assert_eq!(config.get_hosts().len(), 5);
    }

    #[test]
    fn tls_and_time_limits_are_taken() {
        let config =
            parse("Host=db;SSL Mode=VerifyFull;Timeout=7;Channel Binding=Require;Trust Server Certificate=false");

        let config = config.unwrap();
        assert_eq!(config.get_ssl_mode(), SslMode::Require);
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(7)));
        assert_eq!(config.get_channel_binding(), ChannelBinding::Require);
        assert_eq!(parse("Host=db;Timeout=0").unwrap().get_connect_timeout(), Some(&CONNECT_LIMIT));
        assert_eq!(parse("Host=db;SslMode=Disable").unwrap().get_ssl_mode(), SslMode::Disable);
        assert_eq!(parse("Host=db").unwrap().get_ports(), [5432]);
    }
}
