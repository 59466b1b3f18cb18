//! A batch before it is open: its name, and what is enqueued when something happens to it.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::batch::Batch;
use super::options::{CallOptions, Uniqueness};
use super::{Client, errand};
use crate::error::{Error, Result};
use crate::job::Job;
use crate::record::{BATCH_NAME_BYTES_MAX, BatchEvent, BatchId};
use crate::store::{Call, Entry, NewBatch, NewJob, OPEN_BATCH, open_parameters};
use crate::transaction::Transaction;

/// A batch that is opened when this is awaited. Made by [`Client::open_batch`] and [`Batch::open_batch`].
///
/// The jobs for later are written down now, with the options of their kind, and go through the client's contextualizers
/// now. Each is enqueued at most once in the life of the batch, in the transaction that makes it due, also when
/// members are requeued after that. It is not a member of the batch; its handler can ask for the batch by
/// [`CurrentBatch`](crate::CurrentBatch). Of several for the same event, the last counts.
#[must_use = "no batch is opened before the request is awaited: add `.await?`"]
pub struct OpenBatch {
    client: Client,
    name: String,
    parent: Option<Entry>,
    callbacks: Vec<(BatchEvent, Result<NewJob>)>,
}

impl OpenBatch {
    pub(super) fn new(client: Client, name: String) -> Self {
        Self { client, name, parent: None, callbacks: Vec::new() }
    }

    /// Inside of this batch.
    pub(super) fn enter(mut self, parent: Entry) -> Self {
        self.parent = Some(parent);
        self
    }

    /// The job to enqueue when the batch is closed and all its members have ended, in whatever way.
    #[expect(clippy::needless_pass_by_value, reason = "as an enqueue takes it")]
    pub fn on_finished<J: Job>(self, job: J) -> Self {
        self.on(BatchEvent::Finished, &job)
    }

    /// The job to enqueue when the batch is closed and all its members have completed. If some are dead or cancelled,
    /// that can still come: when they are requeued and complete.
    #[expect(clippy::needless_pass_by_value, reason = "as an enqueue takes it")]
    pub fn on_success<J: Job>(self, job: J) -> Self {
        self.on(BatchEvent::Success, &job)
    }

    /// The job to enqueue when the first member dies, also while the batch is open.
    #[expect(clippy::needless_pass_by_value, reason = "as an enqueue takes it")]
    pub fn on_death<J: Job>(self, job: J) -> Self {
        self.on(BatchEvent::Death, &job)
    }

    fn on<J: Job>(mut self, event: BatchEvent, job: &J) -> Self {
        // Once for this batch, whatever else lives.
        let options = CallOptions { unique: Some(Uniqueness::Not), ..CallOptions::default() };
        let row = options.job(&self.client, job);
        self.callbacks.retain(|(other, _)| *other != event);
        self.callbacks.push((event, row));
        self
    }

    /// Opens it as a part of the caller's own transaction. Jobs can be added in it, too.
    ///
    /// # Errors
    ///
    /// As for [`Client::open_batch`].
    pub async fn in_transaction<T: Transaction>(self, transaction: &mut T) -> Result<Batch> {
        let (client, new) = self.ready().await?;
        let parameters = open_parameters(&new)?;
        transaction.call(Call { name: "open_batch", sql: client.link().render(OPEN_BATCH), parameters }).await?;
        Ok(Batch::new(client, new.id))
    }

    async fn send(self) -> Result<Batch> {
        let (client, new) = self.ready().await?;
        let parameters = open_parameters(&new)?;
        errand::run(client.patient_link(), OPEN_BATCH, &parameters, |_| false).await?;
        Ok(Batch::new(client, new.id))
    }

    async fn ready(self) -> Result<(Client, NewBatch)> {
        check_name(&self.name)?;
        let mut callbacks = Vec::with_capacity(self.callbacks.len());
        for (event, row) in self.callbacks {
            let mut job = row?;
            self.client.enrich(&mut job).await?;
            callbacks.push((event, job));
        }
        let new = NewBatch { id: BatchId::new(), name: self.name, parent: self.parent, callbacks };
        Ok((self.client, new))
    }
}

fn check_name(name: &str) -> Result<()> {
    if name.len() > BATCH_NAME_BYTES_MAX {
        return Err(Error::invalid(format!(
            "name of the batch has {} bytes, at most {BATCH_NAME_BYTES_MAX} are allowed",
            name.len()
        )));
    }
    match name.chars().any(char::is_control) {
        true => Err(Error::invalid(format!("name of the batch \"{}\" has a control character", name.escape_debug()))),
        false => Ok(()),
    }
}

impl IntoFuture for OpenBatch {
    type Output = Result<Batch>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
