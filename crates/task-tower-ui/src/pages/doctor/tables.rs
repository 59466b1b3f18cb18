//! Tables with their sizes and dead rows, and the statements that took most time.

use chrono::TimeDelta;
use task_tower::{DoctorLimits, StatementRecord, TableRecord};

use crate::look::{Look, Stamp};
use crate::say;

pub(super) struct Table {
    pub(super) name: String,
    /// How many partitions are summed up.
    pub(super) partitions: Option<String>,
    pub(super) size: String,
    pub(super) indexes: String,
    pub(super) rows: String,
    pub(super) dead: String,
    pub(super) dead_class: &'static str,
    pub(super) vacuumed: Option<Stamp>,
}

pub(super) struct Statement {
    pub(super) name: String,
    pub(super) calls: String,
    pub(super) total: String,
    pub(super) mean: String,
}

/// So many are shown at once: the largest.
const SHOWN: usize = 8;

/// The largest with those that want a look, and the rest.
pub(super) fn tables(records: &[TableRecord], look: &Look) -> (Vec<Table>, Vec<Table>) {
    let all = records.iter().map(|table| Table::new(table, look)).enumerate();
    let (shown, rest): (Vec<_>, Vec<_>) =
        all.partition(|(place, table)| *place < SHOWN || !table.dead_class.is_empty());
    let plain = |tables: Vec<(usize, Table)>| tables.into_iter().map(|(_, table)| table).collect();
    (plain(shown), plain(rest))
}

impl Table {
    fn new(table: &TableRecord, look: &Look) -> Self {
        let m = look.m;
        let many = table.dead_rows >= DoctorLimits::default().dead_rows && table.dead_rows > table.rows;
        Self {
            name: table.name.clone(),
            partitions: (table.partitions > 0).then(|| m.doctor_days(table.partitions)),
            size: say::size(m, table.table_bytes),
            indexes: say::size(m, table.index_bytes),
            rows: say::with_commas(table.rows),
            dead: dead(table, look),
            dead_class: if many { "bad-text" } else { "" },
            vacuumed: table.vacuumed_at.map(|at| look.time(at)),
        }
    }
}

fn dead(table: &TableRecord, look: &Look) -> String {
    let percent = table.dead_percent();
    let digits = usize::from(percent < 10.0);
    match table.dead_rows {
        0 => "0".to_owned(),
        number => look.m.doctor_dead(say::with_commas(number), format!("{percent:.digits$}")),
    }
}

impl Statement {
    pub(super) fn new(statement: &StatementRecord, look: &Look) -> Self {
        let milliseconds = |time: f64| look.duration(TimeDelta::milliseconds(time as i64));
        Self {
            name: statement.name.clone(),
            calls: say::with_commas(statement.calls),
            total: milliseconds(statement.total_ms),
            mean: look.m.milliseconds(format!("{:.2}", statement.mean_ms)),
        }
    }
}
