//! The report as text: for the terminal, and for whoever is asked for help.

use std::fmt;

use chrono::{DateTime, Utc};

use super::sentence::{duration, size, with_commas};
use super::{Check, Level, OpenTransaction, Report, StartLatency, StatementRecord, TableRecord};

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.checks.iter().try_for_each(|check| write!(out, "{check}"))?;
        self.notes.iter().try_for_each(|note| writeln!(out, "note     {note}"))?;
        self.figures(out)?;
        self.sizes(out)?;
        self.slowest(out)?;
        writeln!(out, "\n{}", self.summary())
    }
}

impl Report {
    fn summary(&self) -> String {
        let [problems, warnings, passed] = [Level::Problem, Level::Warning, Level::Passed].map(|of| self.count(of));
        let plural = |number| if number == 1 { "" } else { "s" };
        format!(
            "{problems} problem{}, {warnings} warning{}, {passed} check{} passed. {}, PostgreSQL {}, task-tower {}",
            plural(problems),
            plural(warnings),
            plural(passed),
            self.at.format("%F %T UTC"),
            self.postgres,
            env!("CARGO_PKG_VERSION"),
        )
    }

    fn figures(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(latency) = &self.start_latency {
            write!(out, "\nDue to start, last hour: {latency}")?;
        }
        match &self.oldest_transaction {
            Some(oldest) => writeln!(out, "\nOldest open transaction: {}", oldest.told(self.at)),
            None => writeln!(out, "\nOldest open transaction: none"),
        }
    }

    fn sizes(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "\n{:24}{:>10}{:>10}{:>14}{:>14}  LAST VACUUM", "TABLE", "SIZE", "INDEXES", "ROWS", "DEAD ROWS")?;
        self.tables.iter().try_for_each(|table| writeln!(out, "{table}"))
    }

    fn slowest(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(statements) = &self.statements else { return Ok(()) };
        writeln!(out, "\n{:>12}{:>14}{:>12}  STATEMENT", "CALLS", "TOTAL", "MEAN")?;
        statements.iter().try_for_each(|statement| writeln!(out, "{statement}"))
    }
}

impl fmt::Display for Check {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.level {
            Level::Problem => "PROBLEM",
            Level::Warning => "WARNING",
            Level::Passed => return writeln!(out, "passed   {}. {}", self.title, self.reason),
        };
        writeln!(out, "{word}  {}\n         {}", self.title, self.reason)?;
        self.remedy.iter().try_for_each(|remedy| writeln!(out, "         → {remedy}"))
    }
}

impl OpenTransaction {
    fn told(&self, now: DateTime<Utc>) -> String {
        let Self { pid, role, application, state, .. } = self;
        format!("{}: pid {pid}, {role}, {application:?}, {state}", duration(now - self.since))
    }
}

impl fmt::Display for StartLatency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { starts, p50_ms, p95_ms, p99_ms, .. } = self;
        writeln!(out, "p50 {p50_ms:.1} ms, p95 {p95_ms:.1} ms, p99 {p99_ms:.1} ms, {} starts", with_commas(*starts))
    }
}

impl fmt::Display for TableRecord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vacuumed = self.vacuumed_at.map_or("never".to_owned(), |at| at.format("%F %T UTC").to_string());
        let [table, indexes] = [self.table_bytes, self.index_bytes].map(size);
        let [rows, dead] = [self.rows, self.dead_rows].map(with_commas);
        write!(out, "{:24}{table:>10}{indexes:>10}{rows:>14}{dead:>14}  {vacuumed}", self.name)
    }
}

impl fmt::Display for StatementRecord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, calls, total_ms, mean_ms } = self;
        let (total, mean) = (format!("{total_ms:.0} ms"), format!("{mean_ms:.2} ms"));
        write!(out, "{:>12}{total:>14}{mean:>12}  {name}", with_commas(*calls))
    }
}
