//! Rules about room: how much is taken, and whether it ends.

use super::{DoctorLimits, Facts};
use crate::record::{Check, Fact, Level, Sentence};
use crate::store::{RoomFacts, cures};

const WARNING_PERCENT: f64 = 80.0;
const PROBLEM_PERCENT: f64 = 95.0;

pub(super) fn check(room: &RoomFacts, facts: &Facts, limits: &DoctorLimits) -> Check {
    match limits.disk_bytes {
        Some(disk) => limited(room.database_bytes + facts.log_bytes.unwrap_or(0), disk),
        None => unlimited(room, facts),
    }
}

fn limited(taken: u64, disk: u64) -> Check {
    let percent = taken as f64 * 100.0 / disk.max(1) as f64;
    let why = Sentence::from("Database and log take {taken}: {percent} of the {disk} that there are.")
        .with("taken", Fact::Bytes(taken))
        .with("percent", Fact::Percent(percent))
        .with("disk", Fact::Bytes(disk));
    let level = match percent {
        PROBLEM_PERCENT.. => Level::Problem,
        WARNING_PERCENT.. => Level::Warning,
        _ => return Check::passed("room", "There is room", why),
    };
    Check::new("room", level, "Room runs out", why)
        .remedy("Keep ended jobs for a shorter time, end what holds back cleaning or log, or enlarge the disk")
}

/// What is left, only the machine knows.
fn unlimited(room: &RoomFacts, facts: &Facts) -> Check {
    let title = Sentence::from("The database takes {size}").with("size", Fact::Bytes(room.database_bytes));
    let why = match facts.log_bytes {
        Some(log) => {
            let why = "It lies in {tablespaces}, and the log takes {log}. What is left on the disk, PostgreSQL does not tell.";
            Sentence::from(why).with("log", Fact::Bytes(log))
        }
        None => {
            let why = "It lies in {tablespaces}. What is left on the disk, PostgreSQL does not tell; what the log takes, only \
                       after {command}.";
            Sentence::from(why).name("command", cures::show_log(&facts.server.role))
        }
    };
    Check::passed("room", title, why.name("tablespaces", &room.tablespaces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_that_runs_out_is_told_before_it_is_gone() {
        let level = |taken| limited(taken, 1_000).level;

        assert_eq!([799, 800, 949, 950].map(level), [Level::Passed, Level::Warning, Level::Warning, Level::Problem]);
    }
}
