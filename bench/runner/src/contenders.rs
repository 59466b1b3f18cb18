//! Who takes part, in the order in which they take turns.

use std::path::{Path, PathBuf};

use task_tower_bench::Workload;

/// A queue, and the program that runs it.
#[derive(Debug)]
pub struct Contender {
    /// What `--contenders` calls it.
    pub key: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    /// Workloads that its API has nothing for.
    pub without: &'static [Workload],
    /// What differs from its defaults; the source of each choice stands in its program.
    pub tuning: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Ours,
    /// SQL written by hand.
    Floor,
    /// A crate, whose program is the package `bench-` and its key.
    Crate(&'static str),
    /// A package of npm, run by `node/main.mjs`.
    Npm(&'static str),
}

pub static ALL: &[Contender] = &[
    Contender {
        key: "tower",
        name: "Task Tower",
        kind: Kind::Ours,
        without: &[],
        tuning: "its defaults; 64 slots for W3 and W6",
    },
    Contender {
        key: "raw",
        name: "raw SQL",
        kind: Kind::Floor,
        without: &[],
        tuning: "INSERT and NOTIFY job by job, COPY, claims of 500 over 4 connections, completed by UPDATE",
    },
    Contender {
        key: "minimal",
        name: "raw SQL, minimal",
        kind: Kind::Floor,
        without: &[],
        tuning: "the same without NOTIFY (asks every 5 ms), completed by DELETE",
    },
    Contender {
        key: "river",
        name: "riverqueue",
        kind: Kind::Crate("riverqueue"),
        without: &[],
        tuning: "fetch cooldown of 1 ms, the least there is; 64 workers; NOTIFY",
    },
    Contender {
        key: "graphile",
        name: "graphile_worker",
        kind: Kind::Crate("graphile_worker"),
        without: &[],
        tuning: "local queue of 1,000; completions batched for 5 ms; concurrency of 64; NOTIFY",
    },
    Contender {
        key: "apalis",
        name: "apalis-postgres",
        kind: Kind::Crate("apalis-postgres"),
        without: &[],
        tuning: "batches of 500; polls every 50 ms beside NOTIFY; concurrency of 64, each job a task",
    },
    Contender {
        key: "awa",
        name: "awa",
        kind: Kind::Crate("awa"),
        without: &[],
        tuning: "queue storage; 64 workers; polls every 50 ms and sets no deadlines, as its own benchmark; COPY for W2",
    },
    Contender {
        key: "underway",
        name: "underway",
        kind: Kind::Crate("underway"),
        without: &[],
        tuning: "concurrency of 64; polls every second beside NOTIFY, each poll starts one more task that works",
    },
    Contender {
        key: "sqlxmq",
        name: "sqlxmq",
        kind: Kind::Crate("sqlxmq"),
        without: &[Workload::W2],
        tuning: "between 32 and 64 jobs at a time; NOTIFY",
    },
    Contender {
        key: "fang",
        name: "fang",
        kind: Kind::Crate("fang"),
        without: &[Workload::W2],
        tuning: "one asynchronous worker, as several run jobs twice; it sleeps 100 ms when there is nothing",
    },
    Contender {
        key: "graphile-node",
        name: "graphile-worker (Node)",
        kind: Kind::Npm("graphile-worker"),
        without: &[],
        tuning: "24 jobs at a time (64 for W3 and W6); local queue of 500; completions of a turn batched; NOTIFY",
    },
    Contender {
        key: "pg-boss",
        name: "pg-boss (Node)",
        kind: Kind::Npm("pg-boss"),
        without: &[],
        tuning: "4 workers with batches of 500, without pause while they come back full; NOTIFY",
    },
];

impl Contender {
    pub fn find(key: &str) -> Option<&'static Self> {
        ALL.iter().find(|contender| contender.key == key)
    }

    pub fn is_rival(&self) -> bool {
        matches!(self.kind, Kind::Crate(_) | Kind::Npm(_))
    }

    pub fn can(&self, workload: Workload) -> bool {
        !self.without.contains(&workload)
    }

    /// The package of this workspace that holds its program.
    pub fn package(&self) -> Option<String> {
        match self.kind {
            Kind::Ours | Kind::Floor => Some("bench-ours".to_owned()),
            Kind::Crate(_) => Some(format!("bench-{}", self.key)),
            Kind::Npm(_) => None,
        }
    }

    /// The program and its first arguments; it stands beside this one, or in `node/`.
    pub fn command(&self, programs: &Path, home: &Path) -> (PathBuf, Vec<PathBuf>) {
        match self.package() {
            Some(package) => (programs.join(package), Vec::new()),
            None => ("node".into(), vec![home.join("node/main.mjs")]),
        }
    }

    /// Its version, as the committed locks have it.
    pub fn version(&self) -> String {
        let version = match self.kind {
            Kind::Ours => in_cargo_lock(include_str!("../../Cargo.lock"), "task-tower"),
            Kind::Floor => None,
            Kind::Crate(name) => in_cargo_lock(include_str!("../../Cargo.lock"), name),
            Kind::Npm(name) => in_package_lock(include_str!("../../node/package-lock.json"), name),
        };
        version.unwrap_or_default()
    }
}

fn in_cargo_lock(lock: &str, name: &str) -> Option<String> {
    let entry = lock.split("[[package]]").find(|entry| entry.contains(&format!("\nname = \"{name}\"\n")))?;
    let version = entry.lines().find_map(|line| line.strip_prefix("version = "))?;
    Some(version.trim_matches('"').to_owned())
}

fn in_package_lock(lock: &str, name: &str) -> Option<String> {
    let lock: serde_json::Value = serde_json::from_str(lock).ok()?;
    Some(lock["packages"][format!("node_modules/{name}")]["version"].as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_but_the_floors_has_a_version_in_a_lock() {
        let versioned = ALL.iter().filter(|contender| contender.kind != Kind::Floor);

        for contender in versioned {
            assert!(!contender.version().is_empty(), "{}", contender.key);
        }
    }

    #[test]
    fn keys_are_unique() {
        for contender in ALL {
            assert!(std::ptr::eq(Contender::find(contender.key).unwrap(), contender), "{}", contender.key);
        }
    }
}
