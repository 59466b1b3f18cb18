//! What a run costs: processor time of the server and of the contender's process, WAL, connections.

use std::fs;

use anyhow::{Context, Result};
use tokio_postgres::Client;

/// Clock ticks of `/proc` in a second: 100 on every Linux.
const TICKS_PER_S: f64 = 100.0;

/// What was used up to one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meter {
    pub server_cpu_s: f64,
    pub contender_cpu_s: f64,
    pub wal_bytes: f64,
}

/// What a run used between two moments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    pub server_cpu_s: f64,
    pub contender_cpu_s: f64,
    pub wal_bytes: f64,
    /// The most connections that the contender held at a time.
    pub connections: i64,
    pub jobs: u64,
}

impl Meter {
    pub async fn read(client: &Client, server: Option<u32>, contender: Option<u32>) -> Result<Self> {
        let row = client.query_one("SELECT (pg_current_wal_insert_lsn() - '0/0')::float8", &[]).await?;
        Ok(Self {
            server_cpu_s: server.map_or(f64::NAN, with_children_cpu_s),
            contender_cpu_s: contender.and_then(|process| cpu_s(process, false)).unwrap_or(f64::NAN),
            wal_bytes: row.get(0),
        })
    }

    pub fn until(&self, later: &Self, connections: i64, jobs: u64) -> Usage {
        Usage {
            server_cpu_s: later.server_cpu_s - self.server_cpu_s,
            contender_cpu_s: later.contender_cpu_s - self.contender_cpu_s,
            wal_bytes: later.wal_bytes - self.wal_bytes,
            connections,
            jobs,
        }
    }
}

impl Usage {
    /// CPU seconds of server and contender for a million jobs, WAL bytes of a job, connections.
    pub fn figures(&self) -> Vec<f64> {
        let million = self.jobs as f64 / 1e6;
        vec![
            self.server_cpu_s / million,
            self.contender_cpu_s / million,
            self.wal_bytes / self.jobs as f64,
            self.connections as f64,
        ]
    }
}

/// How many connections there are to this database.
pub async fn connections(client: &Client, database: &str) -> Result<i64> {
    let statement = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = $1 AND backend_type = 'client backend'";
    let row = client.query_one(statement, &[&database]).await.context("could not count connections")?;
    Ok(row.get(0))
}

/// The time of the server: its main process, those that ended, and those that are there.
fn with_children_cpu_s(server: u32) -> f64 {
    let children = processes().filter(|process| parent(*process) == Some(server));
    cpu_s(server, true).unwrap_or(f64::NAN) + children.filter_map(|child| cpu_s(child, true)).sum::<f64>()
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn parent(process: u32) -> Option<u32> {
    fields(process)?.get(1)?.parse().ok()
}

/// User and system time, with those of children that ended where asked.
fn cpu_s(process: u32, ended_children: bool) -> Option<f64> {
    let fields = fields(process)?;
    let count = if ended_children { 4 } else { 2 };
    let ticks = fields.get(11..11 + count)?.iter().map(|field| field.parse::<f64>()).sum::<Result<f64, _>>();
    Some(ticks.ok()? / TICKS_PER_S)
}

/// What stands behind the name in brackets, which may hold anything.
fn fields(process: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(text.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_is_told_by_job() {
        let before = Meter { server_cpu_s: 1.0, contender_cpu_s: 2.0, wal_bytes: 1_000.0 };
        let after = Meter { server_cpu_s: 3.0, contender_cpu_s: 2.5, wal_bytes: 51_000.0 };

        let usage = before.until(&after, 3, 100);

        assert_eq!(usage.figures(), [20_000.0, 5_000.0, 500.0, 3.0]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn our_own_time_can_be_read() {
        assert!(cpu_s(std::process::id(), true).is_some());
        assert!(parent(std::process::id()).is_some());
    }
}
