//! The end of adding to a batch.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::{Client, errand};
use crate::error::{Error, Result};
use crate::record::BatchId;
use crate::store::{CLOSE_BATCH, Call};
use crate::transaction::Transaction;

/// Closes a batch when it is awaited. Made by [`Batch::close`](crate::Batch::close).
#[must_use = "the batch stays open before this is awaited: add `.await?`"]
pub struct CloseBatch {
    client: Client,
    id: BatchId,
}

impl CloseBatch {
    pub(super) fn new(client: Client, id: BatchId) -> Self {
        Self { client, id }
    }

    /// Closes it as a part of the caller's own transaction. Until that ends, nobody else adds to the batch.
    ///
    /// # Errors
    ///
    /// As for [`Batch::close`](crate::Batch::close).
    pub async fn in_transaction<T: Transaction>(self, transaction: &mut T) -> Result<()> {
        let sql = self.client.link().render(CLOSE_BATCH);
        let parameters = vec![self.id.to_string().into()];
        transaction.call(Call { name: "close_batch", sql, parameters }).await.map(drop)
    }
}

impl IntoFuture for CloseBatch {
    type Output = Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let parameters = [self.id.to_string().into()];
            // That it is closed is what was wanted, if our own call may have done it.
            errand::run(self.client.patient_link(), CLOSE_BATCH, &parameters, Error::is_conflict).await
        })
    }
}
