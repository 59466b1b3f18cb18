//! One job on its way in: what it is, where it goes, when it runs.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Client;
use super::chain::Chain;
use super::options::{CallOptions, Uniqueness, When, fluent_options};
use super::unique::{Enqueued, OrFind};
use super::{open_span, within};
use crate::error::{Error, Result};
use crate::job::{Job, Unique};
use crate::record::{JobId, ParentDeath};
use crate::store::{Entry, NewJob, enqueue_call};
use crate::telemetry;
use crate::transaction::Transaction;

/// A job that is enqueued when this is awaited. Made by [`Client::enqueue`] and
/// [`Client::schedule`].
///
/// What is said here wins over the kind's configuration, which wins over the constants of its
/// [`Job`] implementation.
#[must_use = "nothing is enqueued before the request is awaited: add `.await?`"]
pub struct Request<J> {
    client: Client,
    job: J,
    options: CallOptions,
    /// [`CallOptions::job`], taken where `J` is known to be a job. So nothing else of the request has to ask that, and
    /// what is not a job is told once, where it is enqueued, and not at each step after it.
    row: fn(&CallOptions, &Client, &J) -> Result<NewJob>,
}

impl<J> Request<J> {
    pub(super) fn new(client: Client, job: J) -> Self
    where
        J: Job,
    {
        Self { client, job, options: CallOptions::default(), row: CallOptions::job }
    }

    /// Adds a job that awaits this one: it starts when this one has completed, and its handler can ask for what this one
    /// returned, by [`ParentResult`](crate::ParentResult). What is said after this is about that job; both are enqueued
    /// or none, into the same batch if it is one's.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)] struct DrawChart {}
    /// # impl task_tower::Job for DrawChart { const KIND: &'static str = "draw_chart"; }
    /// # #[derive(Serialize, Deserialize)] struct SendChart {}
    /// # impl task_tower::Job for SendChart { const KIND: &'static str = "send_chart"; }
    /// # async fn example(client: task_tower::Client) -> Result<(), task_tower::Error> {
    /// let ids = client.enqueue(DrawChart {}).then(SendChart {}).to_queue("mail").await?;
    /// # Ok(()) }
    /// ```
    pub fn then<K: Job>(self, job: K) -> Chain<K> {
        let row = match self.options.or_conflict {
            true => Err(Error::invalid("a chain of jobs: or_conflict cannot be asked of it")),
            false => (self.row)(&self.options, &self.client, &self.job),
        };
        Chain::new(self.client, vec![row], job, self.options.for_next())
    }

    /// Into this batch.
    pub(super) fn enter(mut self, entry: Entry) -> Self {
        self.options.entry = Some(entry);
        self
    }

    fluent_options!();

    /// Enqueues it as a part of the caller's own transaction: it exists if and when that commits,
    /// and is gone with a roll-back. The transactions of several drivers are taken, each behind a
    /// feature that names the driver's version: see [`Transaction`].
    ///
    /// # Errors
    ///
    /// As for [`Client::enqueue`]. What the database refuses leaves the caller's transaction
    /// aborted, as every failed statement does.
    pub async fn in_transaction<T: Transaction>(self, transaction: &mut T) -> Result<JobId> {
        self.ready().send_through(transaction).await.map(Enqueued::id)
    }

    /// Tells whether a job was made, or a live job had its [unique](crate::Unique) key: then that one's id is
    /// the answer, as it is without this. To be said last.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # use task_tower::Enqueued;
    /// # #[derive(Serialize, Deserialize)] struct SyncUser { user_id: i64 }
    /// # impl task_tower::Job for SyncUser { const KIND: &'static str = "sync_user"; }
    /// # async fn example(client: task_tower::Client) -> Result<(), task_tower::Error> {
    /// match client.enqueue(SyncUser { user_id: 1 }).unique_key("user-1").or_find().await? {
    ///     Enqueued::New(id) => println!("job {id} will do it"),
    ///     Enqueued::Existing(id) => println!("job {id} does it already"),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn or_find(self) -> OrFind<J> {
        OrFind(self)
    }

    pub(super) fn ready(self) -> Ready {
        let row = (self.row)(&self.options, &self.client, &self.job);
        Ready { client: self.client, row, or_conflict: self.options.or_conflict }
    }
}

/// A request whose row is made, so that the type of its job does not matter any more.
pub(super) struct Ready {
    client: Client,
    row: Result<NewJob>,
    or_conflict: bool,
}

impl Ready {
    pub(super) async fn send(self) -> Result<Enqueued> {
        let Self { client, row, or_conflict } = self;
        let mut job = row?;
        // First, since it may go elsewhere by that.
        client.enrich(&mut job).await?;
        within(open_span(&mut job), async {
            let (id, kind, enqueued) = (job.id, job.kind, telemetry::enqueued(job.kind, &job.queue));
            let answer = Enqueued::of(id, client.insert(job).await?);
            enqueued.add(answer.is_new().into());
            judge(kind, answer, or_conflict)
        })
        .await
    }

    pub(super) async fn send_through<T: Transaction>(self, transaction: &mut T) -> Result<Enqueued> {
        let Self { client, row, or_conflict } = self;
        let mut job = row?;
        // First, since it may go elsewhere by that.
        client.enrich(&mut job).await?;
        within(open_span(&mut job), async {
            let (id, kind, enqueued) = (job.id, job.kind, telemetry::enqueued(job.kind, &job.queue));
            let answer = transaction.call(enqueue_call(client.link().render_enqueue_one(), job)).await?;
            let answer = Enqueued::of(id, answer.map_or(Ok(id), |answer| answer.parse())?);
            enqueued.add(answer.is_new().into());
            judge(kind, answer, or_conflict)
        })
        .await
    }
}

fn judge(kind: &str, answer: Enqueued, or_conflict: bool) -> Result<Enqueued> {
    if or_conflict { answer.or_conflict(kind) } else { Ok(answer) }
}

impl<J> IntoFuture for Request<J> {
    type Output = Result<JobId>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let ready = self.ready();
        Box::pin(async move { ready.send().await.map(Enqueued::id) })
    }
}
