//! Many jobs at once, all or none.

use std::collections::BTreeMap;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::options::{CallOptions, Uniqueness, When, fluent_options};
use super::unique::Enqueued;
use super::{Client, within};
use crate::error::{Error, Result};
use crate::job::{Job, Unique};
use crate::record::{JobId, ParentDeath};
use crate::store::{Entry, NewJob, insert_through, take_turns};
use crate::telemetry::{self, Sending};

/// Rows of one statement. Beyond some thousand, more bring nothing (measured).
const ROWS_PER_STATEMENT: usize = 5_000;
/// A statement also ends at this size, so that large payloads do not pile up in memory.
const BYTES_PER_STATEMENT: usize = 8 * 1024 * 1024;

/// Many jobs of one kind that are enqueued when this is awaited. Made by [`Client::enqueue_all`].
/// What is said here holds for each of them.
#[must_use = "nothing is enqueued before the request is awaited: add `.await?`"]
pub struct EnqueueAll<J, I> {
    client: Client,
    jobs: I,
    options: CallOptions,
    /// The trace that they are enqueued in.
    trace_context: Option<String>,
    _job: std::marker::PhantomData<fn() -> J>,
}

impl<J: Job, I: Iterator<Item = J>> EnqueueAll<J, I> {
    pub(super) fn new(client: Client, jobs: I) -> Self {
        Self { client, jobs, options: CallOptions::default(), trace_context: None, _job: std::marker::PhantomData }
    }

    /// Into this batch.
    pub(super) fn enter(mut self, entry: Entry) -> Self {
        self.options.entry = Some(entry);
        self
    }

    fluent_options!();

    /// The rows of the next statement; empty at the end.
    async fn next_rows(&mut self) -> Result<Vec<NewJob>> {
        let mut rows: Vec<NewJob> = Vec::new();
        let mut bytes = 0;
        while rows.len() < ROWS_PER_STATEMENT && bytes < BYTES_PER_STATEMENT {
            let Some(job) = self.jobs.next() else { break };
            let mut row = self.options.job(&self.client, &job)?;
            row.trace_context.clone_from(&self.trace_context);
            self.client.enrich(&mut row).await?;
            bytes += row.payload.len() + row.context.as_ref().map_or(0, String::len);
            rows.push(row);
        }
        Ok(rows)
    }

    async fn send(mut self) -> Result<Vec<JobId>> {
        let mut first = self.next_rows().await?;
        let Some(row) = first.first() else { return Ok(Vec::new()) };
        let (span, trace_context) = Sending { kind: J::KIND, queue: &row.queue, id: None }.begin();
        first.iter_mut().for_each(|row| row.trace_context.clone_from(&trace_context));
        self.trace_context = trace_context;
        let ids = within(span.clone(), self.insert(first)).await?;
        telemetry::sent(&span, ids.len());
        Ok(ids)
    }

    async fn insert(mut self, first: Vec<NewJob>) -> Result<Vec<JobId>> {
        // The connection is its own: on a shared one, the statements of others would fall into
        // this transaction. It is closed at the end, which also rolls back what was cut short.
        let session = self.client.link().open(None).await?;
        session.begin().await?;
        if first[0].unique.is_some() {
            take_turns(&session, J::KIND).await?;
        }
        let mut new: BTreeMap<String, u64> = BTreeMap::new();
        let mut ids: Vec<JobId> = Vec::new();
        let mut rows = first;
        while !rows.is_empty() {
            // While the server works on one statement, the next is made.
            let (answers, next) = tokio::join!(insert_through(&session, &rows), self.next_rows());
            let answers = answers?;
            if self.options.or_conflict {
                refuse_existing(&ids, &rows, &answers)?;
            }
            // Interceptors may have sent some of them to other queues.
            for (row, _) in rows.iter().zip(&answers).filter(|(row, answer)| row.id == **answer) {
                match new.get_mut(&row.queue) {
                    Some(count) => *count += 1,
                    None => drop(new.insert(row.queue.clone(), 1)),
                }
            }
            ids.extend(answers);
            rows = next?;
        }
        session.commit().await?;
        new.iter().for_each(|(queue, count)| telemetry::enqueued(J::KIND, queue).add(*count));
        Ok(ids)
    }
}

/// A holder of this call's own is never there for anybody else: the call is rolled back.
fn refuse_existing(earlier: &[JobId], rows: &[NewJob], answers: &[JobId]) -> Result<()> {
    let Some((row, holder)) = rows.iter().zip(answers).find(|(row, answer)| row.id != **answer) else { return Ok(()) };
    if earlier.contains(holder) || rows.iter().any(|other| other.id == *holder) {
        return Err(Error::conflict(format!(
            "enqueue \"{}\": two jobs of this call have the same unique key",
            row.kind
        )));
    }
    Enqueued::of(row.id, *holder).or_conflict(row.kind).map(drop)
}

impl<J, I> IntoFuture for EnqueueAll<J, I>
where
    J: Job,
    I: Iterator<Item = J> + Send + 'static,
{
    type Output = Result<Vec<JobId>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
