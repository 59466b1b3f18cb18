//! Jobs each of which awaits the one before it.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tracing::Span;

use super::insist::PATIENCE;
use super::options::{CallOptions, Uniqueness, When, fluent_options};
use super::{Client, open_span, within};
use crate::error::{Error, Result};
use crate::job::{Job, Unique};
use crate::record::{CHAIN_MAX, JobId, ParentDeath};
use crate::store::{Backoff, Call, ENQUEUE_CHAIN, NewJob, Remedy, arrived, chain_parameters, insert_chain, read_chain};
use crate::telemetry;
use crate::transaction::Transaction;

/// Jobs each of which awaits the one before it; they are enqueued when this is awaited, all or none. Made by
/// [`Request::then`](crate::Request::then). At most [`CHAIN_MAX`].
///
/// What is said here is about the last job. The answer has the ids of all, in their order.
#[must_use = "nothing is enqueued before the chain is awaited: add `.await?`"]
pub struct Chain<J> {
    client: Client,
    earlier: Vec<Result<NewJob>>,
    job: J,
    options: CallOptions,
    /// As in [`Request`](crate::Request).
    row: fn(&CallOptions, &Client, &J) -> Result<NewJob>,
}

impl<J> Chain<J> {
    pub(super) fn new(client: Client, earlier: Vec<Result<NewJob>>, job: J, options: CallOptions) -> Self
    where
        J: Job,
    {
        Self { client, earlier, job, options, row: CallOptions::job }
    }

    /// Adds a job that awaits this one.
    pub fn then<K: Job>(self, job: K) -> Chain<K> {
        let options = self.options.for_next();
        let (client, earlier) = self.rows();
        Chain::new(client, earlier, job, options)
    }

    fluent_options!();

    fn rows(self) -> (Client, Vec<Result<NewJob>>) {
        let row = if self.options.or_conflict {
            Err(Error::invalid("a chain of jobs: or_conflict cannot be asked of it"))
        } else {
            (self.row)(&self.options, &self.client, &self.job)
        };
        let mut rows = self.earlier;
        rows.push(row);
        (self.client, rows)
    }

    /// Enqueues them as a part of the caller's own transaction.
    ///
    /// # Errors
    ///
    /// As for [`Client::enqueue`].
    pub async fn in_transaction<T: Transaction>(self, transaction: &mut T) -> Result<Vec<JobId>> {
        let (client, jobs, span) = ready(self.rows()).await?;
        let ids = within(span, async {
            let (sql, parameters) = (client.link().render(ENQUEUE_CHAIN), chain_parameters(&jobs)?);
            let answer = transaction.call(Call { name: "enqueue_chain", sql, parameters }).await?;
            read_chain(answer.as_deref())
        });
        ids.await.inspect(|_| count(&jobs))
    }
}

/// The rows, enriched, if all can be; and the span of the first, whose trace all have.
async fn ready((client, rows): (Client, Vec<Result<NewJob>>)) -> Result<(Client, Vec<NewJob>, Span)> {
    if rows.len() > CHAIN_MAX {
        return Err(Error::invalid(format!("a chain of {} jobs, at most {CHAIN_MAX} are allowed", rows.len())));
    }
    let mut jobs = Vec::with_capacity(rows.len());
    for row in rows {
        let mut job = row?;
        client.enrich(&mut job).await?;
        jobs.push(job);
    }
    let span = jobs.first_mut().map_or_else(Span::none, open_span);
    let trace = jobs.first().and_then(|job| job.trace_context.clone());
    jobs.iter_mut().for_each(|job| job.trace_context.clone_from(&trace));
    Ok((client, jobs, span))
}

fn count(jobs: &[NewJob]) {
    jobs.iter().for_each(|job| telemetry::enqueued(job.kind, &job.queue).add(1));
}

async fn send(client: &Client, jobs: &[NewJob]) -> Result<Vec<JobId>> {
    let (link, parameters) = (client.patient_link(), chain_parameters(jobs)?);
    let (since, mut backoff) = (Instant::now(), Backoff::default());
    loop {
        let failure = match insert_chain(link, &parameters).await {
            Ok(ids) => return Ok(ids),
            Err((error, Remedy::GiveUp)) => return Err(error),
            Err((error, _)) => error,
        };
        if since.elapsed() > PATIENCE {
            return Err(failure);
        }
        backoff.wait().await;
        // It may have been committed without our hearing of it.
        let ids: Vec<_> = jobs.iter().map(|job| job.id.as_uuid()).collect();
        if arrived(link, &ids).await.is_ok_and(|there| !there.is_empty()) {
            return Ok(jobs.iter().map(|job| job.id).collect());
        }
    }
}

impl<J> IntoFuture for Chain<J> {
    type Output = Result<Vec<JobId>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let rows = self.rows();
        Box::pin(async move {
            let (client, jobs, span) = ready(rows).await?;
            within(span, send(&client, &jobs)).await.inspect(|_| count(&jobs))
        })
    }
}
