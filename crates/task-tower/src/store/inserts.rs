//! New jobs into the table.

use std::slice;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::batches::Entry;
use super::call::{Call, Parameter};
use super::fault::{Remedy, from_statement};
use super::link::{Link, Session};
use super::statement;
use crate::error::{Error, Result};
use crate::record::{JobId, ParentDeath};

/// A job before it is in the table: checked, and in the types that the statements take.
#[derive(Clone, Debug)]
pub(crate) struct NewJob {
    pub(crate) id: JobId,
    pub(crate) kind: &'static str,
    pub(crate) queue: String,
    pub(crate) priority: i16,
    pub(crate) max_retries: i32,
    pub(crate) timeout_ms: Option<i64>,
    pub(crate) tags: Vec<String>,
    pub(crate) payload: String,
    pub(crate) context: Option<String>,
    pub(crate) due: Due,
    pub(crate) unique: Option<UniqueKey>,
    /// The trace that it is enqueued in: a traceparent, and after a blank a tracestate, if there is one.
    pub(crate) trace_context: Option<String>,
    pub(crate) entry: Option<Entry>,
    /// The jobs that it awaits.
    pub(crate) follows: Vec<JobId>,
    pub(crate) if_parent_dies: ParentDeath,
}

/// What only one live job of a kind may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UniqueKey {
    Is(String),
    /// Made by the database of these fields of the payload; of the whole where none is named. So SQL and
    /// Rust agree about it.
    Of(&'static [&'static str]),
}

impl NewJob {
    /// Whether it goes in by the documented function, and not as one row among many.
    pub(crate) fn is_special(&self) -> bool {
        self.unique.is_some() || self.entry.is_some() || !self.follows.is_empty()
    }

    fn batch_id(&self) -> Option<Uuid> {
        self.entry.map(|entry| entry.batch.as_uuid())
    }

    fn added_by(&self) -> Option<Uuid> {
        self.entry.and_then(|entry| entry.from_job).map(|job| job.as_uuid())
    }

    pub(super) fn unique_text(&self) -> Option<&str> {
        self.unique.as_ref().and_then(UniqueKey::text)
    }

    pub(super) fn unique_fields(&self) -> Option<&'static [&'static str]> {
        self.unique.as_ref().and_then(UniqueKey::fields)
    }

    fn common(&self) -> Common<'_> {
        Common {
            key: self.unique_text(),
            fields: self.unique_fields(),
            batch: self.batch_id(),
            from_job: self.added_by(),
            follows: self.follows.iter().map(JobId::as_uuid).collect(),
            if_parent_dies: self.if_parent_dies.as_str(),
        }
    }
}

/// What many jobs have in common, as the statements take it.
struct Common<'a> {
    key: Option<&'a str>,
    fields: Option<&'static [&'static str]>,
    batch: Option<Uuid>,
    from_job: Option<Uuid>,
    follows: Vec<Uuid>,
    if_parent_dies: &'static str,
}

impl UniqueKey {
    fn text(&self) -> Option<&str> {
        match self {
            UniqueKey::Is(key) => Some(key),
            UniqueKey::Of(_) => None,
        }
    }

    fn fields(&self) -> Option<&'static [&'static str]> {
        match self {
            UniqueKey::Is(_) => None,
            UniqueKey::Of(fields) => Some(fields),
        }
    }
}

/// When a job is to run. What is relative is added to the database's clock, by UTC's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Now,
    After { months: i32, milliseconds: i64 },
    At(DateTime<Utc>),
}

impl Due {
    pub(super) fn at(self) -> Option<DateTime<Utc>> {
        match self {
            Due::At(time) => Some(time),
            _ => None,
        }
    }

    fn after(self) -> (i32, i64) {
        match self {
            Due::After { months, milliseconds } => (months, milliseconds),
            _ => (0, 0),
        }
    }

    pub(super) fn delay(self) -> Option<String> {
        let Due::After { months, milliseconds } = self else { return None };
        Some(format!("{months} months {milliseconds} milliseconds"))
    }
}

/// Inserts all of them or none, as [`insert`] does, for who can publish by Redis. Returns the queues to publish.
pub(crate) async fn insert_publishing(
    link: &Link,
    jobs: &[NewJob],
) -> std::result::Result<Vec<String>, (Error, Remedy)> {
    let columns = Columns::of(jobs);
    let rows = link.attempt(statement::ENQUEUE_PUBLISHING, &columns.parameters()).await;
    let rows = rows.map_err(|(error, remedy)| (blame_payload(error, jobs), remedy))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Inserts all of them or none, in one statement and one commit.
pub(crate) async fn insert(link: &Link, jobs: &[NewJob]) -> std::result::Result<(), (Error, Remedy)> {
    let columns = Columns::of(jobs);
    let inserted = link.attempt(statement::ENQUEUE, &columns.parameters()).await;
    inserted.map(drop).map_err(|(error, remedy)| (blame_payload(error, jobs), remedy))
}

/// So old an answer about sleepers may be that `enqueue_alone.sql` still relies on it.
pub(crate) const ANSWER_AGE_MAX: Duration = Duration::from_millis(5);
/// What `wake` answers when the caller has to publish.
const PUBLISH: i64 = -1;

/// When the database answered, by its own clock, that no worker of a lane sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Awake(i64);

impl Awake {
    /// Microseconds since 1970; 0 stands for no such answer.
    fn at(microseconds: i64) -> Option<Self> {
        (microseconds > 0).then_some(Self(microseconds))
    }
}

/// What the insertion of one job heard of who sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nobody sleeps.
    Awake(Awake),
    /// Those who sleep are to be woken by Redis.
    Publish,
    /// Who sleeps has been notified; or an older answer was relied on.
    Nothing,
}

/// Inserts one job in a commit of its own, and wakes workers that sleep, as [`insert`] does. With `awake`, the answer
/// of an earlier one for the same lane, it does not ask whether any sleeps, as long as that is young enough. Who
/// `publishes` has to wake those who wait for it.
pub(crate) async fn insert_alone(
    link: &Link,
    job: &NewJob,
    awake: Option<Awake>,
    publishes: bool,
) -> std::result::Result<Heard, (Error, Remedy)> {
    let (months, milliseconds) = job.due.after();
    let row: [&(dyn ToSql + Sync); 15] = [
        &job.id.as_uuid(),
        &job.kind,
        &job.queue,
        &job.priority,
        &job.max_retries,
        &job.timeout_ms,
        &job.tags,
        &job.payload,
        &job.context,
        &job.due.at(),
        &months,
        &milliseconds,
        &job.trace_context,
        &awake.map_or(0, |Awake(microseconds)| microseconds),
        &publishes,
    ];
    let answers = link.attempt(statement::ENQUEUE_ALONE, &row).await;
    let answers = answers.map_err(|(error, remedy)| (blame_payload(error, slice::from_ref(job)), remedy))?;
    let answer = answers.first().map_or(0, |row| row.get::<_, i64>(0));
    Ok(match Awake::at(answer) {
        Some(awake) => Heard::Awake(awake),
        None if answer == PUBLISH => Heard::Publish,
        None => Heard::Nothing,
    })
}

/// Inserts a job by the documented function, as those that are unique or go into a batch; a unique one unless a live
/// one has its key. The answer is the id of the one or the other.
pub(crate) async fn insert_singly(link: &Link, job: &NewJob) -> std::result::Result<JobId, (Error, Remedy)> {
    let jobs = slice::from_ref(job);
    let columns = Columns::of(jobs);
    let answers = link.attempt(statement::ENQUEUE_UNIQUE, &columns.with_common(&job.common())).await;
    let answers = answers.map_err(|(error, remedy)| (blame_payload(error, jobs), remedy))?;
    Ok(answers.first().map_or(job.id, |row| JobId::from(row.get::<_, Uuid>(0))))
}

/// Inserts all of them or none, in the transaction of a connection of the caller's own; unique ones only where
/// no live job has their key. Either all are unique or none, and in the same way; so it is with their batch. The answers are
/// the ids of the jobs, or of those that have their keys.
pub(crate) async fn insert_through(session: &Session, jobs: &[NewJob]) -> Result<Vec<JobId>> {
    let Some(first) = jobs.first() else { return Ok(Vec::new()) };
    let (columns, common) = (Columns::of(jobs), first.common());
    let is_singly = first.unique.is_some() || !first.follows.is_empty();
    let answers = match first.entry.is_some() {
        _ if is_singly => session.query(statement::ENQUEUE_UNIQUE, &columns.with_common(&common)).await,
        true => session.query(statement::ENQUEUE_BATCH, &columns.with_batch(&common)).await,
        false => session.query(statement::ENQUEUE, &columns.parameters()).await,
    };
    let answers = answers.map_err(|error| blame_payload(from_statement("enqueue", error), jobs))?;
    Ok(match is_singly {
        true => answers.iter().map(|row| JobId::from(row.get::<_, Uuid>(0))).collect(),
        false => jobs.iter().map(|job| job.id).collect(),
    })
}

/// Waits until no other transaction inserts many unique jobs of this kind.
pub(crate) async fn take_turns(session: &Session, kind: &str) -> Result<()> {
    let turn = session.query(statement::TAKE_TURNS, &[&kind]).await;
    turn.map(drop).map_err(|error| from_statement("take_turns", error))
}

/// All the rest was checked before, so data that the database refuses is that of a payload.
fn blame_payload(error: Error, jobs: &[NewJob]) -> Error {
    match jobs.first() {
        Some(job) if error.is_invalid() => error.context(format!("payload of \"{}\"", job.kind)),
        _ => error,
    }
}

/// Which of these ids are in the tables.
pub(crate) async fn arrived(link: &Link, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows = link.query(statement::ENQUEUED_ALREADY, &[&ids]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// One array for each column, as `unnest` takes them.
struct Columns<'a> {
    ids: Vec<Uuid>,
    kinds: Vec<&'a str>,
    queues: Vec<&'a str>,
    priorities: Vec<i16>,
    max_retries: Vec<i32>,
    timeouts: Vec<Option<i64>>,
    tags: Vec<String>,
    payloads: Vec<&'a str>,
    contexts: Vec<Option<&'a str>>,
    times: Vec<Option<DateTime<Utc>>>,
    months: Vec<i32>,
    milliseconds: Vec<i64>,
    trace_contexts: Vec<Option<&'a str>>,
}

impl<'a> Columns<'a> {
    fn of(jobs: &'a [NewJob]) -> Self {
        Self {
            ids: jobs.iter().map(|job| job.id.as_uuid()).collect(),
            kinds: jobs.iter().map(|job| job.kind).collect(),
            queues: jobs.iter().map(|job| job.queue.as_str()).collect(),
            priorities: jobs.iter().map(|job| job.priority).collect(),
            max_retries: jobs.iter().map(|job| job.max_retries).collect(),
            timeouts: jobs.iter().map(|job| job.timeout_ms).collect(),
            tags: jobs.iter().map(|job| job.tags.join(",")).collect(),
            payloads: jobs.iter().map(|job| job.payload.as_str()).collect(),
            contexts: jobs.iter().map(|job| job.context.as_deref()).collect(),
            times: jobs.iter().map(|job| job.due.at()).collect(),
            months: jobs.iter().map(|job| job.due.after().0).collect(),
            milliseconds: jobs.iter().map(|job| job.due.after().1).collect(),
            trace_contexts: jobs.iter().map(|job| job.trace_context.as_deref()).collect(),
        }
    }

    fn with_common<'b>(&'b self, common: &'b Common<'_>) -> Vec<&'b (dyn ToSql + Sync)> {
        let Common { key, fields, batch, from_job, follows, if_parent_dies } = common;
        let mut parameters = self.parameters().to_vec();
        parameters.extend([key as &(dyn ToSql + Sync), fields, batch, from_job, follows, if_parent_dies]);
        parameters
    }

    fn with_batch<'b>(&'b self, Common { batch, from_job, .. }: &'b Common<'_>) -> Vec<&'b (dyn ToSql + Sync)> {
        let mut parameters = self.parameters().to_vec();
        parameters.extend([batch as &(dyn ToSql + Sync), from_job]);
        parameters
    }

    fn parameters(&self) -> [&(dyn ToSql + Sync); 13] {
        [
            &self.ids,
            &self.kinds,
            &self.queues,
            &self.priorities,
            &self.max_retries,
            &self.timeouts,
            &self.tags,
            &self.payloads,
            &self.contexts,
            &self.times,
            &self.months,
            &self.milliseconds,
            &self.trace_contexts,
        ]
    }
}

/// The same for one job, as a call of the documented function.
pub(crate) fn enqueue_call(sql: String, job: NewJob) -> Call {
    let text = |text: Option<&str>| Parameter::Text(text.map(str::to_owned));
    let id = |id: Option<Uuid>| Parameter::Text(id.map(|id| id.to_string()));
    let unique = (text(job.unique_text()), job.unique_fields().map(|fields| json!(fields).to_string()));
    let batch = (id(job.batch_id()), id(job.added_by()));
    let follows: Vec<String> = job.follows.iter().map(JobId::to_string).collect();
    let parameters = vec![
        Parameter::from(job.kind.to_owned()),
        Parameter::from(job.payload),
        Parameter::from(job.queue),
        Parameter::Text(job.due.at().map(|time| time.to_rfc3339_opts(SecondsFormat::Micros, true))),
        Parameter::Text(job.due.delay()),
        Parameter::Integer(job.priority.into()),
        Parameter::Integer(job.max_retries),
        Parameter::from(job.tags.join(",")),
        Parameter::Text(job.timeout_ms.map(|milliseconds| format!("{milliseconds} milliseconds"))),
        Parameter::Text(job.context),
        Parameter::from(job.id.to_string()),
        // No limit: the client has measured the payload as it is sent. The function measures the
        // text of the jsonb, which is longer, since it has blanks in it.
        Parameter::Integer(i32::MAX),
        unique.0,
        Parameter::Text(unique.1),
        Parameter::Text(job.trace_context),
        batch.0,
        batch.1,
        Parameter::from(follows.join(",")),
        Parameter::from(job.if_parent_dies.as_str().to_owned()),
    ];
    Call { name: "enqueue", sql, parameters }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A worker that is about to sleep waits for as long as the statement relies on what it was told before.
    #[test]
    fn the_statement_takes_answers_of_the_age_that_sleepers_wait_for() {
        let age = format!("interval '{} ms'", ANSWER_AGE_MAX.as_millis());

        assert!(statement::ENQUEUE_ALONE.text.contains(&age));
    }
}
