//! One job on its way in: what it is, where it goes, when it runs.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Client;
use super::options::{CallOptions, When, fluent_options};
use crate::error::Result;
use crate::job::Job;
use crate::record::JobId;
use crate::store::{NewJob, enqueue_call};
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
        let mut job = (self.row)(&self.options, &self.client, &self.job)?;
        let client = self.client;
        client.enrich(&mut job).await?;
        let id = job.id;
        transaction.call(enqueue_call(client.link().render_enqueue_one(), job)).await?;
        Ok(id)
    }
}

impl<J> IntoFuture for Request<J> {
    type Output = Result<JobId>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let job = (self.row)(&self.options, &self.client, &self.job);
        let client = self.client;
        Box::pin(async move {
            let mut job = job?;
            client.enrich(&mut job).await?;
            let id = job.id;
            client.insert(job).await?;
            Ok(id)
        })
    }
}
