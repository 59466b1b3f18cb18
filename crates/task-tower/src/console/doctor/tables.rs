//! Rules about the tables: dead rows, and whoever removes them.

use super::server::{command, is};
use super::{DoctorLimits, Facts, level};
use crate::record::{Check, Fact, Level, Sentence, TableRecord};
use crate::store::cures;

pub(super) fn checks(facts: &Facts, limits: &DoctorLimits) -> Vec<Check> {
    let Some(tables) = &facts.tables else { return Vec::new() };
    vec![autovacuum(facts, tables), dead_rows(facts, tables, limits)]
}

fn autovacuum(facts: &Facts, tables: &[(TableRecord, bool)]) -> Check {
    let off = ["autovacuum", "track_counts"].into_iter().find(|name| is(&facts.server, name, "off"));
    if let Some(name) = off {
        let why = Sentence::from("{setting} is off. Dead rows stay, and claims get slower from day to day.");
        let on = command(cures::switch_on(name));
        return Check::problem("autovacuum", "Autovacuum is off", why.name("setting", name)).remedy(on);
    }
    if let Some((table, _)) = tables.iter().find(|(_, unattended)| *unattended) {
        let title = Sentence::from("Autovacuum is off for {table}").name("table", &table.name);
        let reset = cures::attend(&facts.schema, &table.name);
        return Check::problem("autovacuum", title, "Dead rows stay, and it gets slower from day to day.")
            .remedy(command(reset));
    }
    Check::passed("autovacuum", "Autovacuum is on", "It removes dead rows of all tables.")
}

/// The worst of the tables in which more rows are dead than alive.
fn dead_rows(facts: &Facts, tables: &[(TableRecord, bool)], limits: &DoctorLimits) -> Check {
    let tables = tables.iter().map(|(table, _)| table);
    let worst = tables.filter(|table| table.dead_rows > table.rows).max_by_key(|table| table.dead_rows);
    let judged = worst.map(|table| (table, level(table.dead_rows as f64, limits.dead_rows as f64)));
    let Some((table, level)) = judged.filter(|(_, level)| *level != Level::Passed) else {
        return Check::passed("dead_rows", "Few rows are dead", "Vacuum keeps up.");
    };
    let why = match table.vacuumed_at {
        Some(_) => "{dead} dead rows beside {rows} living ones. It was vacuumed last at {at}.",
        None => "{dead} dead rows beside {rows} living ones. It was never vacuumed.",
    };
    let why = Sentence::from(why).number("dead", table.dead_rows).number("rows", table.rows);
    let why = table.vacuumed_at.into_iter().fold(why, |why, at| why.with("at", Fact::Time(at)));
    let vacuum = cures::vacuum(&facts.schema, &table.name);
    let title = Sentence::from("{table} is full of dead rows").name("table", &table.name);
    Check::new("dead_rows", level, title, why).remedy(command(vacuum))
}
