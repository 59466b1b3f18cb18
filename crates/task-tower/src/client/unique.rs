//! What an enqueue answers when the job is unique: whether it is new, or was there already.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::request::Request;
use crate::error::{Error, Result};
use crate::record::JobId;
use crate::transaction::Transaction;

/// What an enqueue did. See [`Request::or_find`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// A new job was made.
    New(JobId),
    /// A live job had the unique key: it stays as it is, and nothing was made.
    Existing(JobId),
}

impl Enqueued {
    /// The id of the job, new or not.
    #[must_use]
    pub fn id(self) -> JobId {
        let (Enqueued::New(id) | Enqueued::Existing(id)) = self;
        id
    }

    /// Whether a job was made.
    #[must_use]
    pub fn is_new(self) -> bool {
        matches!(self, Enqueued::New(_))
    }

    /// What the answer of the database means for a job.
    pub(super) fn of(own: JobId, answer: JobId) -> Self {
        match answer == own {
            true => Self::New(own),
            false => Self::Existing(answer),
        }
    }

    /// The same for callers to whom a job that was there already is an error.
    pub(super) fn or_conflict(self, kind: &str) -> Result<Self> {
        match self {
            Enqueued::New(_) => Ok(self),
            Enqueued::Existing(holder) => {
                Err(Error::conflict(format!("enqueue \"{kind}\": job {holder} lives and has its unique key")))
            }
        }
    }
}

/// A request that tells whether it made a job. Made by [`Request::or_find`].
#[must_use = "nothing is enqueued before the request is awaited: add `.await?`"]
pub struct OrFind<J>(pub(super) Request<J>);

impl<J> OrFind<J> {
    /// The same as a part of the caller's own transaction: see [`Request::in_transaction`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn in_transaction<T: Transaction>(self, transaction: &mut T) -> Result<Enqueued> {
        self.0.ready().send_through(transaction).await
    }
}

impl<J> IntoFuture for OrFind<J> {
    type Output = Result<Enqueued>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.0.ready().send())
    }
}
