//! Rules about the server and its settings.

use super::{DoctorLimits, level};
use crate::migrate::SCHEMA_VERSION;
use crate::record::{Check, Fact, Level, Sentence};
use crate::store::{ServerFacts, cures};

/// From here on nobody else gets a connection soon.
const CONNECTIONS_PROBLEM_PERCENT: f64 = 95.0;
/// A connection that rests for a minute is none that was forgotten.
const IDLE_SESSION_MS_MIN: u64 = 60_000;
/// As long as the longest of our statements may take.
const TRANSACTION_MS_MIN: u64 = 30_000;

pub(super) fn checks(server: &ServerFacts, limits: &DoctorLimits) -> Vec<Check> {
    let mut checks = vec![
        schema(server),
        recovery(server),
        durability(server),
        connections(server, limits),
        notifications(server, limits),
    ];
    checks.extend(settings(server));
    checks
}

/// What a role without the right to see it does not know.
pub(super) fn sight(server: &ServerFacts) -> Option<Sentence> {
    let note = "Sessions of other roles are not shown to {role}: GRANT pg_read_all_stats TO {role} shows them.";
    (!server.sees_all).then(|| Sentence::from(note).name("role", &server.role))
}

fn schema(server: &ServerFacts) -> Check {
    let with = |sentence: &'static str| {
        let (found, wanted) = (server.schema_version.max(0).unsigned_abs(), SCHEMA_VERSION.unsigned_abs());
        Sentence::from(sentence).number("found", found.into()).number("wanted", wanted.into())
    };
    if server.schema_version == SCHEMA_VERSION {
        return Check::passed("schema_version", "Schema fits", with("It is at version {found}, as this program."));
    }
    let why = with("It is at version {found}, this program works with {wanted}.");
    let check = Check::problem("schema_version", "Schema and program differ", why);
    match server.schema_version < SCHEMA_VERSION {
        true => check.remedy(command("task-tower migrate")),
        false => check.remedy("Deploy the program that made it"),
    }
}

fn recovery(server: &ServerFacts) -> Check {
    let read_only = is(server, "default_transaction_read_only", "on");
    if server.recovering {
        let why = "It follows another server. Nothing can be enqueued or run here.";
        return Check::problem("writable", "PostgreSQL is in recovery", why).remedy("Connect to the primary server");
    }
    if read_only {
        let why = Sentence::from("{setting} is on for {role}. Nothing can be enqueued or run.");
        let why = why.name("setting", "default_transaction_read_only").name("role", &server.role);
        let reset = cures::reset(&server.role, "default_transaction_read_only");
        return Check::problem("writable", "Transactions are read-only", why).remedy(command(reset));
    }
    Check::passed("writable", "PostgreSQL accepts writes", "It is not in recovery.")
}

/// One connection was answered by several processes: somebody deals its statements out.
pub(super) fn pooler(backends: &[i32]) -> Check {
    if backends.windows(2).all(|pair| pair[0] == pair[1]) {
        let why = "One process of PostgreSQL answered all questions.";
        return Check::passed("pooler", "The connection is direct", why);
    }
    let why = "Several processes answered on one connection, as behind PgBouncer in transaction mode. Workers cannot \
               listen there, and lose their prepared statements.";
    Check::problem("pooler", "A pooler deals out transactions", why)
        .remedy("Connect workers to PostgreSQL itself, or pool by session")
}

fn durability(server: &ServerFacts) -> Check {
    let off = ["fsync", "full_page_writes", "synchronous_commit"].into_iter().find(|name| is(server, name, "off"));
    let Some(name) = off else {
        return Check::passed("durability", "Commits are durable", "What is acknowledged survives a crash.");
    };
    let why = match name {
        "synchronous_commit" => "{setting} is off: a crash loses the jobs that were acknowledged in the moment before.",
        _ => "{setting} is off: a crash of the machine may lose all data.",
    };
    Check::warning("durability", "Commits are not durable", Sentence::from(why).name("setting", name))
        .remedy(command(cures::switch_on(name)))
}

fn connections(server: &ServerFacts, limits: &DoctorLimits) -> Check {
    let percent = server.connections as f64 * 100.0 / server.connections_max.max(1) as f64;
    let level = match percent {
        percent if percent >= CONNECTIONS_PROBLEM_PERCENT.max(limits.connections_percent) => Level::Problem,
        percent if percent >= limits.connections_percent => Level::Warning,
        _ => Level::Passed,
    };
    let why = "{used} of {max} are in use.";
    let why = Sentence::from(why).number("used", server.connections).number("max", server.connections_max);
    match level {
        Level::Passed => Check::passed("connections", "Connections are free", why),
        _ => Check::new("connections", level, "Connections run out", why)
            .remedy("End programs that hold too many, or raise max_connections"),
    }
}

fn notifications(server: &ServerFacts, limits: &DoctorLimits) -> Check {
    let percent = server.notifications * 100.0;
    let why = Sentence::from("Notification queue {percent} full.").with("percent", Fact::Percent(percent));
    match level(percent, limits.notifications_percent) {
        Level::Passed => Check::passed("notifications", "Notifications flow", why),
        level => Check::new("notifications", level, "Notifications pile up", why)
            .remedy("End the oldest transaction of a session that listens: it keeps the queue from being emptied"),
    }
}

/// Settings of this role and database that stop us.
fn settings(server: &ServerFacts) -> Vec<Check> {
    let hurts = |name: &'static str, why: &'static str| {
        let why = Sentence::from(why).name("setting", name).name("value", setting(server, name));
        let reset = cures::reset(&server.role, name);
        Check::warning("settings", Sentence::from("{setting} hurts").name("setting", name), why).remedy(command(reset))
    };
    let below = |name: &str, least: u64| (1..least).contains(&setting(server, name).parse().unwrap_or(0));
    let mut checks = Vec::new();
    if below("idle_session_timeout", IDLE_SESSION_MS_MIN) {
        checks.push(hurts(
            "idle_session_timeout",
            "{setting} is {value} ms: connections that rest are cut, and opened again for the next job.",
        ));
    }
    if below("transaction_timeout", TRANSACTION_MS_MIN) {
        checks
            .push(hurts("transaction_timeout", "{setting} is {value} ms: a rescue of many jobs may not end in time."));
    }
    if !is(server, "default_transaction_isolation", "read committed") {
        checks.push(hurts(
            "default_transaction_isolation",
            "{setting} is {value}: statements that meet are refused and repeated.",
        ));
    }
    if checks.is_empty() {
        checks.push(Check::passed("settings", "Settings fit", "No time limit and no isolation level is in the way."));
    }
    checks
}

fn setting<'a>(server: &'a ServerFacts, name: &str) -> &'a str {
    server.settings.get(name).map_or("", String::as_str)
}

pub(super) fn is(server: &ServerFacts, name: &str, value: &str) -> bool {
    setting(server, name) == value
}

/// A remedy that is a command.
pub(super) fn command(text: impl AsRef<str>) -> Sentence {
    Sentence::from("{command}").name("command", text)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn server() -> ServerFacts {
        ServerFacts {
            at: "2026-11-24T14:32:00Z".parse().unwrap(),
            postgres: "17.1".to_owned(),
            recovering: false,
            schema_version: SCHEMA_VERSION,
            notifications: 0.0,
            connections: 12,
            connections_max: 100,
            role: "shop".to_owned(),
            sees_all: true,
            counts_statements: false,
            sees_log: true,
            settings: HashMap::from([("default_transaction_isolation".to_owned(), "read committed".to_owned())]),
            backend: 7,
        }
    }

    fn levels(server: &ServerFacts) -> Vec<(&'static str, Level)> {
        let checks = checks(server, &DoctorLimits::default()).into_iter();
        checks.filter(|check| check.level != Level::Passed).map(|check| (check.name, check.level)).collect()
    }

    #[test]
    fn a_server_in_order_passes() {
        assert_eq!(levels(&server()), []);
    }

    #[test]
    fn a_standby_is_a_problem() {
        let server = ServerFacts { recovering: true, ..server() };

        assert_eq!(levels(&server), [("writable", Level::Problem)]);
    }

    #[test]
    fn a_notification_queue_that_fills_is_told_before_it_is_full() {
        let levels = |notifications| levels(&ServerFacts { notifications, ..server() });

        assert_eq!(levels(0.09), []);
        assert_eq!(levels(0.1), [("notifications", Level::Warning)]);
        assert_eq!(levels(0.6), [("notifications", Level::Problem)]);
    }

    #[test]
    fn connections_are_told_before_the_last_is_taken() {
        let levels = |connections| levels(&ServerFacts { connections, ..server() });

        assert_eq!(levels(79), []);
        assert_eq!(levels(80), [("connections", Level::Warning)]);
        assert_eq!(levels(95), [("connections", Level::Problem)]);
    }

    #[test]
    fn a_pooler_is_known_by_the_processes_that_answer() {
        assert_eq!(pooler(&[7, 7]).level, Level::Passed);
        assert_eq!(pooler(&[7, 8]).level, Level::Problem);
    }
}
