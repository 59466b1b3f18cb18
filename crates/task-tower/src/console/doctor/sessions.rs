//! Rules about transactions and slots that keep dead rows from being removed.

use chrono::{DateTime, Utc};

use super::server::command;
use super::{DoctorLimits, Facts, level};
use crate::record::{Check, Fact, Level, OpenTransaction, Sentence};
use crate::store::{IdleSlot, cures};

/// As much log as a slot may keep before the disk is in danger.
const KEPT_BYTES_PROBLEM: u64 = 10 << 30;

pub(super) fn checks(facts: &Facts, limits: &DoctorLimits) -> Vec<Check> {
    let now = facts.server.at;
    let mut checks = vec![transaction(facts.oldest.as_ref(), now, limits)];
    checks.extend(facts.prepared.iter().map(|prepared| self::prepared(prepared.as_ref(), now, limits)));
    checks.extend(facts.slots.iter().flat_map(|slots| self::slots(slots)));
    checks
}

fn transaction(oldest: Option<&OpenTransaction>, now: DateTime<Utc>, limits: &DoctorLimits) -> Check {
    let Some(oldest) = oldest else {
        return Check::passed("oldest_transaction", "No transaction is open", "Nothing holds back cleaning.");
    };
    let age = now - oldest.since;
    let told = |sentence: &'static str| about(sentence, oldest).with("age", Fact::Duration(age));
    let level = level(age.as_seconds_f64(), limits.open_transaction.as_secs_f64());
    let (title, why) = match oldest.holds_back {
        _ if level == Level::Passed => {
            let why = told("The oldest is open for {age}: session {pid} of {application}.");
            return Check::passed("oldest_transaction", "Transactions are short", why);
        }
        true => (
            "xmin horizon is held back for {age}",
            "Session {pid} of {application} ({role}) is {state} since {since}. Dead rows stay and claims get slower.",
        ),
        false => (
            "A transaction is open for {age}",
            "Session {pid} of {application} ({role}) is {state} since {since}. It keeps its locks and its connection.",
        ),
    };
    let level = if oldest.holds_back { level } else { Level::Warning };
    let end = cures::end_session(oldest.pid);
    Check::new("oldest_transaction", level, told(title), told(why)).remedy(command(end))
}

fn about(text: &'static str, oldest: &OpenTransaction) -> Sentence {
    let application = if oldest.application.is_empty() { "?" } else { &oldest.application };
    Sentence::from(text)
        .name("pid", oldest.pid.to_string())
        .name("application", application)
        .name("role", &oldest.role)
        .name("state", &oldest.state)
        .with("since", Fact::Time(oldest.since))
}

fn prepared(prepared: Option<&(String, DateTime<Utc>)>, now: DateTime<Utc>, limits: &DoctorLimits) -> Check {
    let Some((name, since)) = prepared else {
        let why = "None waits for its second phase.";
        return Check::passed("prepared_transaction", "No transaction is prepared", why);
    };
    let age = now - *since;
    let level = level(age.as_seconds_f64(), limits.open_transaction.as_secs_f64());
    let told = |text: &'static str| Sentence::from(text).name("name", name).with("age", Fact::Duration(age));
    let why = told("{name} was prepared {age} ago and has not ended. Dead rows stay, also after a restart.");
    if level == Level::Passed {
        return Check::passed("prepared_transaction", "A transaction is prepared", told("{name}, {age} ago."));
    }
    let end = cures::end_prepared(name);
    Check::new("prepared_transaction", level, told("A prepared transaction is left over"), why).remedy(command(end))
}

fn slots(slots: &[IdleSlot]) -> Vec<Check> {
    if slots.is_empty() {
        let why = "None keeps log or dead rows for a reader that is gone.";
        return vec![Check::passed("replication_slots", "No replication slot is left over", why)];
    }
    slots.iter().map(slot).collect()
}

fn slot(slot: &IdleSlot) -> Check {
    let title = Sentence::from("Replication slot {name} is not read").name("name", &slot.name);
    let why = match slot.holds_back {
        true => "{kept} of log are kept for it, and dead rows stay. Claims get slower.",
        false => "{kept} of log are kept for it. The disk fills.",
    };
    let level = if slot.kept_bytes >= KEPT_BYTES_PROBLEM { Level::Problem } else { Level::Warning };
    let drop = cures::drop_slot(&slot.name);
    let why = Sentence::from(why).with("kept", Fact::Bytes(slot.kept_bytes));
    Check::new("replication_slots", level, title, why).remedy(command(drop))
}
