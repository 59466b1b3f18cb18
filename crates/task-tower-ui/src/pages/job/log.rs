//! What a job has logged: the last lines of one of its runs, those before them, and all of it as a file.

use std::fmt::Write;

use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;
use task_tower::{JobId, JobRecord, LOGS_MAX, LogCursor, LogFilter, LogLevel, LogLine};

use super::life::Life;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links;
use crate::look::{LogLine as Row, Logs, Look};
use crate::redact::Secrets;

/// Each is a handful of elements of the page.
const LINES_SHOWN: usize = 40;
/// The runs that one can choose among: the latest.
const ATTEMPTS_OFFERED: i32 = 10;
/// The most that a file holds.
const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The levels that one can choose among; what matters less is seldom kept.
const LEVELS: [LogLevel; 4] = [LogLevel::Trace, LogLevel::Info, LogLevel::Warn, LogLevel::Error];

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    attempt: Option<i32>,
    level: Option<String>,
    before: Option<String>,
    /// The filter of the list that the reader came from: it goes along.
    from: Option<String>,
}

/// What was found of it.
pub(super) struct Found {
    wanted: Wanted,
    level: LogLevel,
    lines: Vec<LogLine>,
    more: bool,
}

/// The part of the page.
pub(super) struct Log {
    pub(super) title: String,
    pub(super) logs: Option<Logs>,
    pub(super) levels: Vec<Choice>,
    pub(super) attempts: Vec<Choice>,
    pub(super) earlier: Option<String>,
    pub(super) latest: Option<String>,
}

/// A link to another part of the log.
pub(super) struct Choice {
    pub(super) word: String,
    pub(super) link: String,
    pub(super) current: bool,
}

/// The lines that are asked for, by default the last ones of the latest run; `None` when the job has logged nothing at all.
pub(super) async fn find(
    desk: &Desk,
    job: &JobRecord,
    secrets: &Secrets,
    wanted: Wanted,
) -> Result<Option<Found>, Fault> {
    let level = wanted.level.as_deref().map_or(Ok(LogLevel::Trace), str::parse)?;
    let filter = LogFilter::new().attempt(wanted.attempt.unwrap_or(job.attempt)).level(level).limit(LINES_SHOWN);
    let filter = match &wanted.before {
        Some(before) => filter.before(before.parse()?),
        None => filter.last(),
    };
    let page = desk.logs(job.id, secrets, &filter).await?;
    if page.lines.is_empty() && desk.logs(job.id, secrets, &LogFilter::new().limit(1)).await?.lines.is_empty() {
        return Ok(None);
    }
    Ok(Some(Found { wanted, level, lines: page.lines, more: page.more }))
}

impl Log {
    pub(super) fn new(found: Found, job: &JobRecord, life: &Life<'_>, look: &Look) -> Self {
        let m = look.m;
        let Found { wanted, level, lines, more } = found;
        let attempt = wanted.attempt.unwrap_or(job.attempt);
        let of = |attempt, level, before| link(job, attempt, level, before, wanted.from.as_deref());
        let attempts = (job.attempt - ATTEMPTS_OFFERED + 1).max(1)..=job.attempt;
        let attempts = attempts.map(|number| Choice {
            word: m.log_attempt(number),
            link: of(number, level, None),
            current: number == attempt,
        });
        let levels = LEVELS.map(|other| Choice {
            word: m.log_from(other),
            link: of(attempt, other, None),
            current: other == level,
        });
        Self {
            title: m.log_title(attempt),
            earlier: lines.first().filter(|_| more).map(|first| of(attempt, level, Some(first.cursor))),
            latest: wanted.before.is_some().then(|| of(attempt, level, None)),
            logs: (!lines.is_empty()).then(|| logs(&lines, attempt, life, look)),
            attempts: attempts.collect(),
            levels: levels.into(),
        }
    }
}

/// From the page of the job.
fn link(job: &JobRecord, attempt: i32, level: LogLevel, before: Option<LogCursor>, from: Option<&str>) -> String {
    let mut link = format!("{}?attempt={attempt}&level={level}", job.id);
    if let Some(filter) = from {
        let _ = write!(link, "&from={}", links::encode(filter));
    }
    if let Some(before) = before {
        let _ = write!(link, "&before={before}");
    }
    link + "#log"
}

fn logs(lines: &[LogLine], attempt: i32, life: &Life<'_>, look: &Look) -> Logs {
    let m = look.m;
    // One that was given back has the same number as the one after it.
    let runs = life.runs.iter().filter(|run| run.attempt == attempt);
    let began: Vec<DateTime<Utc>> = runs.map(|run| run.began).collect();
    let row = |line: &LogLine| Row {
        id: line.cursor.to_string(),
        offset: began.iter().rfind(|began| **began <= line.at).map(|began| offset(line.at - began)).unwrap_or_default(),
        level: line.level.as_str().to_uppercase(),
        target: line.target.clone(),
        message: line.message.clone(),
    };
    let head = [m.log_column_time(), m.log_column_level(), m.log_column_message()];
    Logs { lines: lines.iter().map(row).collect(), name: m.log_lines(attempt), head }
}

fn offset(time: TimeDelta) -> String {
    let milliseconds = time.num_milliseconds();
    format!("+{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
}

/// All of it as words, oldest first.
pub(super) async fn file(desk: &Desk, id: JobId, secrets: &Secrets) -> Result<Response, Fault> {
    let mut body = String::new();
    let mut filter = LogFilter::new().limit(LOGS_MAX);
    loop {
        let page = desk.logs(id, secrets, &filter).await?;
        page.lines.iter().for_each(|line| write_line(&mut body, line));
        let last = page.lines.last().filter(|_| page.more && body.len() < FILE_BYTES_MAX);
        let Some(last) = last else { break };
        filter = filter.after(last.cursor);
    }
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}-log.txt\"")),
    ];
    Ok((headers, body).into_response())
}

/// What a line says may have lines itself, which must not look like others, and letters that steer a terminal.
fn write_line(body: &mut String, line: &LogLine) {
    let at = line.at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let message =
        line.message.replace('\n', "\n    ").replace(|letter: char| letter.is_control() && letter != '\n', "\u{fffd}");
    let level = line.level.as_str().to_uppercase();
    let (attempt, target) = (line.attempt, &line.target);
    writeln!(body, "{at} {attempt} {level:<5} {target}: {message}").expect("a String can always be written to");
}
