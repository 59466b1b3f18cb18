//! How far an operation is, on standard error: one line that changes on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use task_tower::{COUNT_MAX, OperationRecord};

use crate::output::note;

/// In a file, a line for each thousand would be much.
const INTERVAL: Duration = Duration::from_secs(5);

pub(super) struct Progress {
    is_terminal: bool,
    told: Option<Instant>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { is_terminal: std::io::stderr().is_terminal(), told: None }
    }

    pub(super) fn show(&mut self, record: &OperationRecord) {
        let is_due = self.told.is_none_or(|told| told.elapsed() >= INTERVAL);
        if !self.is_terminal && !is_due {
            return;
        }
        self.told = Some(Instant::now());
        let words = words(record);
        match self.is_terminal {
            // What is longer in the line before is overwritten.
            true => {
                let _ = write!(std::io::stderr(), "\r{words:<60}");
            }
            false => note(words),
        }
    }

    pub(super) fn end(&self) {
        if self.is_terminal && self.told.is_some() {
            let _ = write!(std::io::stderr(), "\r{:60}\r", "");
        }
    }
}

fn words(record: &OperationRecord) -> String {
    let of = if record.expected >= COUNT_MAX { " or more" } else { "" };
    let stopping = if record.cancel_requested { ", stopping" } else { "" };
    format!("operation {}: {} of {}{of} jobs{stopping}", record.id, record.done + record.skipped, record.expected)
}
