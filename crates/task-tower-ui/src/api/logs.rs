//! What a job has logged, line by line.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use task_tower::{JobId, LOGS_MAX, LogFilter, LogLevel, LogLine};

use super::answer::{Json, Moment};
use super::ask::{Asked, Named, limit};
use super::call::Call;
use crate::fault::Fault;
use crate::messages::Messages;

const PAGE: usize = 200;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    after: Option<String>,
    before: Option<String>,
    attempt: Option<i32>,
    level: Option<String>,
    limit: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct Page {
    items: Vec<Line>,
    /// What to give as `after` for the lines that follow, when they come.
    next: Option<String>,
    /// Whether there are more, in the direction that was asked for.
    more: bool,
}

#[derive(Serialize)]
struct Line {
    cursor: String,
    attempt: i32,
    at: Moment,
    level: LogLevel,
    target: String,
    message: String,
}

pub(super) async fn list(call: Call, Named(id): Named, Asked(wanted): Asked<Wanted>) -> Result<Json<Page>, Fault> {
    let filter = wanted.filter()?;
    let (job, secrets) = call.desk.job_and_secrets(id.parse::<JobId>()?, &call.visitor).await?;
    let page = call.desk.logs(job.id, &secrets, &filter).await?;
    let next = page.lines.last().map(|line| line.cursor.to_string()).or(wanted.after);
    Ok(Json(Page { items: page.lines.into_iter().map(Line::from).collect(), next, more: page.more }))
}

impl Wanted {
    fn filter(&self) -> Result<LogFilter, Fault> {
        let mut filter = LogFilter::new().limit(limit(self.limit, LOGS_MAX, PAGE)?);
        if let Some(attempt) = self.attempt {
            filter = filter.attempt(attempt);
        }
        if let Some(level) = &self.level {
            filter = filter.level(level.parse()?);
        }
        match (&self.after, &self.before) {
            (None, None) => Ok(filter),
            (Some(after), None) => Ok(filter.after(after.parse()?)),
            (None, Some(before)) => Ok(filter.before(before.parse()?)),
            _ => Err(Fault::said(StatusCode::BAD_REQUEST, Messages::api_one_cursor)),
        }
    }
}

impl From<LogLine> for Line {
    fn from(line: LogLine) -> Self {
        let LogLine { cursor, attempt, at, level, target, message, .. } = line;
        Self { cursor: cursor.to_string(), attempt, at: Moment(at), level, target, message }
    }
}
