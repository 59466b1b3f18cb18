//! Lines that handlers logged, in memory until the `recorder` has written them down. What comes in is given by the
//! layer of `logs`; nothing here waits, and nothing here logs.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use chrono::{DateTime, Utc};

use crate::record::{JobId, LogCursor, LogLevel, WorkerId};
use crate::store::{Claimed, NewLine};

/// The most lines of one run; one more says how many there were beyond.
const ATTEMPT_LINES_MAX: u32 = 1_000;
/// The most lines that wait to be written, and how large they may be in all: what comes while the database does not
/// follow is dropped.
const WAITING_LINES_MAX: usize = 10_000;
const WAITING_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Room beyond that for the lines that say how many were dropped.
const WAITING_NOTES_MAX: usize = 1_000;
/// What a line takes beside its message, about.
const LINE_BYTES: usize = 128;

/// Whether somebody has made a layer: runs remember nothing as long as nobody has.
static IS_LISTENED_TO: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The run whose span is being made on this thread.
    static BEGINNING: RefCell<Option<Arc<RunLog>>> = const { RefCell::new(None) };
}

/// All lines of this worker that are not in the database yet.
#[derive(Debug, Default)]
pub(super) struct Logbook {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: VecDeque<NewLine>,
    bytes: usize,
    /// The oldest ones, which are being written, or could not be.
    batch: Option<Arc<[NewLine]>>,
}

/// The log of one run.
#[derive(Debug)]
pub(super) struct RunLog {
    book: Arc<Logbook>,
    job: JobId,
    lease: i64,
    attempt: i32,
    worker: WorkerId,
    /// When it was claimed by the database's clock, and by ours, to count from.
    claimed: (DateTime<Utc>, Instant),
    /// Lines that matter less are not kept.
    level: LogLevel,
    /// How many lines it has. Changed while the book is locked, so that they stand there in their order.
    lines: AtomicU32,
    dropped: AtomicU32,
    /// What a task that outlives the run logs is not of the run any more.
    ended: AtomicBool,
}

/// There is a layer from now on.
pub(super) fn listen() {
    IS_LISTENED_TO.store(true, Ordering::Relaxed);
}

/// Makes a span so that a layer which is told of it on this thread finds the run that it is of.
pub(super) fn in_span_of<T>(log: Option<&Arc<RunLog>>, make: impl FnOnce() -> T) -> T {
    let Some(log) = log else { return make() };
    BEGINNING.with_borrow_mut(|beginning| *beginning = Some(log.clone()));
    let span = make();
    BEGINNING.with_borrow_mut(|beginning| *beginning = None);
    span
}

/// The run whose span is being made on this thread, if one is.
pub(super) fn beginning() -> Option<Arc<RunLog>> {
    BEGINNING.with_borrow(Clone::clone)
}

impl Logbook {
    /// The log of a run that begins; `None` where nobody would write into it.
    pub(super) fn open(
        self: &Arc<Self>,
        job: &Claimed,
        worker: Option<WorkerId>,
        level: Option<LogLevel>,
    ) -> Option<Arc<RunLog>> {
        if !IS_LISTENED_TO.load(Ordering::Relaxed) {
            return None;
        }
        Some(Arc::new(RunLog {
            book: self.clone(),
            job: job.id,
            lease: job.lease,
            attempt: job.attempt,
            worker: worker?,
            claimed: (job.attempted_at, job.claimed),
            level: level?,
            lines: AtomicU32::new(0),
            dropped: AtomicU32::new(0),
            ended: AtomicBool::new(false),
        }))
    }

    /// Up to so many of the oldest lines: the same again until they are [`written`](Logbook::written).
    pub(super) fn batch(&self, count: usize) -> Option<Arc<[NewLine]>> {
        let mut waiting = self.lock();
        if waiting.batch.is_none() && !waiting.lines.is_empty() {
            let count = count.min(waiting.lines.len());
            let batch: Arc<[NewLine]> = waiting.lines.drain(..count).collect();
            waiting.bytes -= batch.iter().map(size).sum::<usize>();
            waiting.batch = Some(batch);
        }
        waiting.batch.clone()
    }

    /// The database has them, or never will.
    pub(super) fn written(&self, batch: &Arc<[NewLine]>) {
        let mut waiting = self.lock();
        if waiting.batch.as_ref().is_some_and(|current| Arc::ptr_eq(current, batch)) {
            waiting.batch = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().expect("no panic while held")
    }
}

impl Waiting {
    /// `extra` is for lines that have room of their own.
    fn has_room(&self, extra: usize) -> bool {
        self.lines.len() < WAITING_LINES_MAX + extra && (extra > 0 || self.bytes < WAITING_BYTES_MAX)
    }

    fn push(&mut self, line: NewLine) {
        self.bytes += size(&line);
        self.lines.push_back(line);
    }
}

impl RunLog {
    /// Whether a line of this level is kept. One that comes too late, or is one too many, need not be put together.
    pub(super) fn wants(&self, level: LogLevel) -> bool {
        if level < self.level || self.ended.load(Ordering::Relaxed) {
            return false;
        }
        let has_room = self.lines.load(Ordering::Relaxed) < ATTEMPT_LINES_MAX;
        if !has_room {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        has_room
    }

    pub(super) fn add(&self, level: LogLevel, target: Cow<'static, str>, message: String) {
        let mut waiting = self.book.lock();
        if waiting.has_room(0) && self.lines.load(Ordering::Relaxed) < ATTEMPT_LINES_MAX {
            waiting.push(self.line(level, target, message));
        } else {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The run is over. Says how many lines it lost, if it did.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        let mut waiting = self.book.lock();
        let dropped = self.dropped.load(Ordering::Relaxed);
        if dropped > 0 && waiting.has_room(WAITING_NOTES_MAX) {
            let message = format!(
                "{dropped} more lines were not kept: {ATTEMPT_LINES_MAX} of a run are, if the database can follow"
            );
            waiting.push(self.line(LogLevel::Warn, Cow::Borrowed("task_tower"), message));
        }
    }

    /// The next line of the run, while the book is locked.
    fn line(&self, level: LogLevel, target: Cow<'static, str>, message: String) -> NewLine {
        let number = self.lines.fetch_add(1, Ordering::Relaxed).cast_signed();
        NewLine {
            job: self.job,
            cursor: LogCursor { lease: self.lease, number },
            attempt: self.attempt,
            worker: self.worker,
            at: self.claimed.0 + self.claimed.1.elapsed(),
            level,
            target,
            message,
        }
    }
}

fn size(line: &NewLine) -> usize {
    LINE_BYTES + line.message.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(book: &Arc<Logbook>) -> RunLog {
        RunLog {
            book: book.clone(),
            job: JobId::new(),
            lease: 1,
            attempt: 1,
            worker: WorkerId(1),
            claimed: (Utc::now(), Instant::now()),
            level: LogLevel::Info,
            lines: AtomicU32::new(0),
            dropped: AtomicU32::new(0),
            ended: AtomicBool::new(false),
        }
    }

    fn add(log: &RunLog, message: &str) {
        if log.wants(LogLevel::Info) {
            log.add(LogLevel::Info, "shop".into(), message.to_owned());
        }
    }

    fn written(book: &Logbook) -> Vec<String> {
        let mut messages = Vec::new();
        while let Some(batch) = book.batch(7) {
            messages.extend(batch.iter().map(|line| line.message.clone()));
            book.written(&batch);
        }
        messages
    }

    #[test]
    fn lines_stay_until_they_are_written_and_come_again_until_then() {
        let book = Arc::new(Logbook::default());
        let log = log(&book);
        (0..3).for_each(|number| add(&log, &format!("line {number}")));

        let (first, again) = (book.batch(2).unwrap(), book.batch(2).unwrap());
        assert!(Arc::ptr_eq(&first, &again));
        book.written(&first);
        book.written(&first);

        assert_eq!(written(&book), ["line 2"]);
        assert!(book.batch(2).is_none());
        assert_eq!(book.lock().bytes, 0);
    }

    #[test]
    fn what_has_no_room_is_dropped_and_the_run_says_how_much_at_its_end() {
        let book = Arc::new(Logbook::default());
        for _ in 0..20 {
            let log = log(&book);
            (0..ATTEMPT_LINES_MAX).for_each(|number| add(&log, &format!("line {number}")));
            log.end();
        }

        let messages = written(&book);

        let told: Vec<_> = messages.iter().filter(|message| message.starts_with("1000 more lines were not")).collect();
        assert_eq!((messages.len(), told.len()), (WAITING_LINES_MAX + 10, 10));
    }

    #[test]
    fn long_lines_have_no_room_either() {
        let book = Arc::new(Logbook::default());
        let log = log(&book);

        (0..100).for_each(|_| add(&log, &"x".repeat(1024 * 1024)));
        log.end();

        let messages = written(&book);
        assert_eq!(messages.len(), 9);
        assert!(messages[8].starts_with("92 more lines were not kept"), "{}", messages[8]);
    }

    #[test]
    fn what_comes_after_the_end_is_not_of_the_run() {
        let book = Arc::new(Logbook::default());
        let log = log(&book);

        add(&log, "in time");
        log.end();
        add(&log, "too late");

        assert_eq!(written(&book), ["in time"]);
    }
}
