//! The outside record: a file to which the producer, the handlers and whoever makes the faults
//! append one line per event. It knows nothing of the database under test.
//!
//! All of them run on one machine and append whole lines, so the order of the lines is the order
//! of the events; the time in each is only for measuring.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::{FromStr, SplitWhitespace};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use task_tower::JobId;

/// One run of a job: the lease tells it from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Run {
    pub job: JobId,
    pub lease: i64,
}

/// A run that began, as its handler saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    pub run: Run,
    pub number: u64,
    pub attempt: i64,
    pub worker: i64,
    pub process: u32,
}

/// How a handler left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Done,
    Failed,
    Panicked,
    Snoozed,
    Discarded,
    Cancelled,
    /// It was asked to stop and did.
    Stopped,
    /// It was asked to stop, did not, and was dropped.
    Dropped,
}

/// What was done to a process, or by it to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// Written before SIGKILL.
    Kill,
    /// Written before the process aborts.
    Abort,
    /// Written before SIGSTOP.
    Stop,
    /// Written after SIGCONT.
    Resume,
    /// Written before SIGTERM.
    Terminate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The producer is about to enqueue the job with this number.
    Offered(u64),
    /// The enqueue was acknowledged.
    Taken(u64, JobId),
    Started(Start),
    /// The run did its work.
    Effect(Run),
    Ended(Run, How),
    Struck(Blow, u32),
    /// The process noticed that the machine did not let it run for so many milliseconds.
    Stalled(u32, u64),
    /// The database is about to go away.
    OutageBegan,
    /// Every worker has had the time to be heard again.
    OutageEnded,
}

/// An event and when it was written, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub at: u128,
    pub event: Event,
}

/// The file, open for appending.
#[derive(Clone, Debug)]
pub struct Record {
    path: PathBuf,
}

impl Record {
    pub fn new(directory: &Path) -> Self {
        Self { path: directory.join("record") }
    }

    /// One write per line: lines of many processes never mix.
    pub fn write(&self, event: Event) {
        let line = format!("{} {event}\n", now());
        self.open().write_all(line.as_bytes()).unwrap();
    }

    fn open(&self) -> File {
        OpenOptions::new().append(true).create(true).open(&self.path).unwrap()
    }

    /// What is written by now. A line that somebody is just writing may be there in part, and is not read yet.
    pub fn read(&self) -> Vec<Entry> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(|line| Entry::parse(line).unwrap_or_else(|| panic!("not an entry: {line:?}"))).collect()
    }
}

fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_nanos()
}

impl Entry {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let at = next(&mut words)?;
        let event = Event::parse(words.next()?, &mut words)?;
        Some(Self { at, event })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Offered(number) => write!(out, "offered {number}"),
            Event::Taken(number, job) => write!(out, "taken {number} {job}"),
            Event::Started(start) => {
                let Start { run, number, attempt, worker, process } = start;
                write!(out, "started {} {} {number} {attempt} {worker} {process}", run.job, run.lease)
            }
            Event::Effect(run) => write!(out, "effect {} {}", run.job, run.lease),
            Event::Ended(run, how) => write!(out, "ended {} {} {how:?}", run.job, run.lease),
            Event::Struck(blow, process) => write!(out, "struck {blow:?} {process}"),
            Event::Stalled(process, milliseconds) => write!(out, "stalled {process} {milliseconds}"),
            Event::OutageBegan => write!(out, "outage_began"),
            Event::OutageEnded => write!(out, "outage_ended"),
        }
    }
}

impl Event {
    fn parse(word: &str, words: &mut SplitWhitespace<'_>) -> Option<Self> {
        Some(match word {
            "offered" => Event::Offered(next(words)?),
            "taken" => Event::Taken(next(words)?, next(words)?),
            "started" => Event::Started(Start {
                run: run(words)?,
                number: next(words)?,
                attempt: next(words)?,
                worker: next(words)?,
                process: next(words)?,
            }),
            "effect" => Event::Effect(run(words)?),
            "ended" => Event::Ended(run(words)?, next(words)?),
            "struck" => Event::Struck(next(words)?, next(words)?),
            "stalled" => Event::Stalled(next(words)?, next(words)?),
            "outage_began" => Event::OutageBegan,
            "outage_ended" => Event::OutageEnded,
            _ => return None,
        })
    }
}

fn next<T: FromStr>(words: &mut SplitWhitespace<'_>) -> Option<T> {
    words.next()?.parse().ok()
}

fn run(words: &mut SplitWhitespace<'_>) -> Option<Run> {
    Some(Run { job: next(words)?, lease: next(words)? })
}

/// Words are written by `Debug`, and read back by looking for the one that is written so.
fn find<T: Copy + fmt::Debug>(all: &[T], word: &str) -> Result<T, ()> {
    all.iter().copied().find(|one| format!("{one:?}") == word).ok_or(())
}

impl FromStr for How {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        use How::{Cancelled, Discarded, Done, Dropped, Failed, Panicked, Snoozed, Stopped};
        find(&[Done, Failed, Panicked, Snoozed, Discarded, Cancelled, Stopped, Dropped], word)
    }
}

impl FromStr for Blow {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        use Blow::{Abort, Kill, Resume, Stop, Terminate};
        find(&[Kill, Abort, Stop, Resume, Terminate], word)
    }
}
