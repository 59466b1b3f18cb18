//! What is measured, under which conditions: W8 to W10 are the workloads W3 and W5 where something is different, and W11 is
//! what W5 costs.

use std::collections::BTreeSet;

use task_tower_bench::Workload;

use crate::contenders::{Contender, Kind};

/// W1 to W11, as `--only` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    Plain(Workload),
    W8,
    W9,
    W10,
    W11,
}

/// What is different from a plain run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    Plain,
    /// Another session holds an old snapshot for the whole run, so that VACUUM can remove nothing.
    Pinned,
    /// Many finished jobs are there before.
    History,
    /// So many worker processes.
    Processes(usize),
    /// The jobs are spread over so many queues.
    Queues(u64),
    /// Jobs with so many bytes of text.
    Payload(usize),
}

/// One workload under one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub workload: Workload,
    pub condition: Condition,
}

const fn cell(workload: Workload, condition: Condition) -> Cell {
    Cell { workload, condition }
}

/// What is told of each share: the cell, what it is a share of, and its words.
pub const W8: [(Cell, Cell, &str); 2] = [
    (
        cell(Workload::W3, Condition::Pinned),
        cell(Workload::W3, Condition::Plain),
        "drain while a session holds an old snapshot",
    ),
    (cell(Workload::W5, Condition::Pinned), cell(Workload::W5, Condition::Plain), "4 callers and a worker, the same"),
];

pub const W9: [(Cell, Cell, &str); 2] = [
    (
        cell(Workload::W3, Condition::History),
        cell(Workload::W3, Condition::Plain),
        "drain with many finished jobs in the history",
    ),
    (cell(Workload::W5, Condition::History), cell(Workload::W5, Condition::Plain), "4 callers and a worker, the same"),
];

const ONE_PROCESS: Cell = cell(Workload::W5, Condition::Processes(1));
const LOAD: Cell = cell(Workload::W5, Condition::Plain);

pub const W10: [(Cell, Cell, &str); 6] = [
    (cell(Workload::W5, Condition::Processes(2)), ONE_PROCESS, "4 callers and 2 worker processes, of that with 1"),
    (cell(Workload::W5, Condition::Processes(4)), ONE_PROCESS, "4 callers and 4 worker processes, of that with 1"),
    (cell(Workload::W5, Condition::Queues(100)), LOAD, "100 queues, of that with 1"),
    (cell(Workload::W5, Condition::Queues(10_000)), LOAD, "10,000 queues, of that with 1"),
    (cell(Workload::W5, Condition::Payload(10_000)), LOAD, "payloads of 10 kB, of that with 100 B"),
    (cell(Workload::W5, Condition::Payload(100_000)), LOAD, "payloads of 100 kB, of that with 100 B"),
];

/// All topics, in order.
pub fn topics() -> Vec<Topic> {
    let plain = Workload::ALL.into_iter().map(Topic::Plain);
    plain.chain([Topic::W8, Topic::W9, Topic::W10, Topic::W11]).collect()
}

impl Topic {
    pub fn name(self) -> String {
        match self {
            Topic::Plain(workload) => format!("{workload:?}"),
            other => format!("{other:?}"),
        }
    }

    pub fn parse(text: &str) -> Result<Self, String> {
        let named = topics().into_iter().find(|topic| topic.name().eq_ignore_ascii_case(text));
        named.ok_or_else(|| {
            format!("it is none of {}", topics().into_iter().map(Topic::name).collect::<Vec<_>>().join(", "))
        })
    }

    /// What has to be run for it.
    fn cells(self) -> Vec<Cell> {
        let both = |shares: &[(Cell, Cell, &str)]| shares.iter().flat_map(|(cell, base, _)| [*base, *cell]).collect();
        match self {
            Topic::Plain(workload) => vec![cell(workload, Condition::Plain)],
            Topic::W8 => both(&W8),
            Topic::W9 => both(&W9),
            Topic::W10 => both(&W10),
            Topic::W11 => vec![LOAD],
        }
    }
}

/// The cells of these topics, each once.
pub fn cells(topics: &[Topic]) -> Vec<Cell> {
    let all: BTreeSet<Cell> = topics.iter().flat_map(|topic| topic.cells()).collect();
    // Plain runs first: what the others are compared with is known even if somebody stops it early.
    let mut cells: Vec<Cell> = all.into_iter().collect();
    cells.sort_by_key(|cell| (cell.condition, cell.workload));
    cells
}

impl Cell {
    /// Whether this contender takes part.
    pub fn is_for(self, contender: &Contender) -> bool {
        let takes_part = match self.condition {
            Condition::Plain => true,
            Condition::Pinned => !contender.is_rival(),
            // The minimal floor keeps no history.
            Condition::History => matches!(contender.key, "tower" | "raw"),
            Condition::Payload(_) => !contender.is_rival(),
            Condition::Processes(_) | Condition::Queues(_) => contender.kind == Kind::Ours,
        };
        takes_part && contender.can(self.workload)
    }

    pub fn title(self) -> String {
        let condition = match self.condition {
            Condition::Plain => String::new(),
            Condition::Pinned => ", old snapshot".to_owned(),
            Condition::History => ", long history".to_owned(),
            Condition::Processes(count) => format!(", worker processes: {count}"),
            Condition::Queues(count) => format!(", {count} queues"),
            Condition::Payload(bytes) => format!(", payloads of {bytes} bytes"),
        };
        format!("{:?} {}{condition}", self.workload, self.workload.title())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_brings_what_it_is_a_share_of() {
        let cells = cells(&[Topic::W8]);

        assert_eq!(cells[0], cell(Workload::W3, Condition::Plain));
        assert_eq!(cells.len(), 4);
    }

    #[test]
    fn what_several_topics_need_is_run_once() {
        let all = cells(&topics());

        assert_eq!(all.iter().filter(|cell| **cell == LOAD).count(), 1);
    }

    #[test]
    fn topics_are_found_in_either_case() {
        assert_eq!(Topic::parse("w1C"), Ok(Topic::Plain(Workload::W1c)));
        assert_eq!(Topic::parse("w11"), Ok(Topic::W11));
        assert!(Topic::parse("W12").is_err());
    }
}
