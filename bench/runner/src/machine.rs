//! Where and how it was measured: what a reader must know before comparing figures.

use std::fs;

use anyhow::Result;
use tokio_postgres::Client;

/// The settings that the private server gets beside its durability.
pub const SERVER_SETTINGS: [(&str, &str); 2] = [("shared_buffers", "512MB"), ("max_connections", "300")];

/// Machine, server and sizes.
#[derive(Clone, Debug)]
pub struct Setting {
    pub command: String,
    pub rounds: u32,
    pub quick: bool,
    pub finished: u64,
    pub machine: String,
    pub server: String,
    pub date: String,
    /// It was not stopped before its end.
    pub whole: bool,
}

impl Setting {
    pub async fn read(client: &Client, rounds: u32, quick: bool, finished: u64) -> Result<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        Ok(Self {
            command: format!("bin/bench {}", arguments.join(" ")).trim_end().to_owned(),
            rounds,
            quick,
            finished,
            machine: machine(),
            server: server(client).await?,
            date: client.query_one("SELECT current_date::text", &[]).await?.get(0),
            whole: true,
        })
    }

    pub fn text(&self) -> String {
        let sizes = if self.quick { "quick sizes, whose figures scatter" } else { "full sizes" };
        let rounds = if self.rounds == 1 { "one round".to_owned() } else { format!("{} rounds in turn", self.rounds) };
        let end = if self.whole { "" } else { " Stopped before its end: what is missing has not been measured." };
        format!(
            "Measured on {}, {sizes}, {rounds}, on {}, which server, callers and workers share. {}. Only ratios mean anything \
            on another machine.{end}",
            self.date, self.machine, self.server,
        )
    }

    #[cfg(test)]
    pub fn example() -> Self {
        Self {
            command: "bin/bench --quick".to_owned(),
            rounds: 1,
            quick: true,
            finished: 1_000_000,
            machine: "2 cores".to_owned(),
            server: "PostgreSQL 15.18".to_owned(),
            date: "2026-11-29".to_owned(),
            whole: true,
        }
    }
}

async fn server(client: &Client) -> Result<String> {
    let mut settings = Vec::new();
    for name in ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers"] {
        let value: String = client.query_one("SELECT current_setting($1)", &[&name]).await?.get(0);
        settings.push(format!("{name} {value}"));
    }
    let version: String =
        client.query_one("SELECT split_part(current_setting('server_version'), ' ', 1)", &[]).await?.get(0);
    Ok(format!("PostgreSQL {version}, {}", settings.join(", ")))
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = in_file("/proc/cpuinfo", "model name").map(|model| format!(" ({model})")).unwrap_or_default();
    let memory = in_file("/proc/meminfo", "MemTotal").and_then(|text| text.strip_suffix(" kB")?.parse::<u64>().ok());
    let memory = memory.map(|kib| format!(", {} GiB of memory", kib.div_ceil(1024 * 1024))).unwrap_or_default();
    format!("{cores} cores{model}{memory}")
}

/// What stands behind a name and a colon.
fn in_file(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
