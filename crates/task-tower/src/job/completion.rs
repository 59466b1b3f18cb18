//! Completing a job in the handler's own transaction.

use serde::Serialize;

use super::context::JobContext;
use super::error::JobError;
use super::outcome::Outcome;
use crate::error::{Error, Result};
use crate::store::complete_call;
use crate::transaction::Transaction;

/// Completes the job of a run in a transaction of the handler's: the job is completed if and when
/// that commits, together with whatever else it writes. So the effect on the same database happens
/// exactly once, whatever dies in between. Made by [`JobContext::complete`].
///
/// The handler commits, then returns `Ok(())`. A handler that returns an error after the commit
/// changes nothing any more; one that rolls back and returns `Ok(())` completes the job like any
/// other.
///
/// ```no_run
/// # use serde::{Deserialize, Serialize};
/// # #[cfg(feature = "tokio-postgres-0_7")]
/// # mod example {
/// # use serde::{Deserialize, Serialize};
/// use task_tower::{Job, JobContext, JobError};
///
/// # #[derive(Serialize, Deserialize)]
/// # struct PayOut { account: i64, cents: i64 }
/// # impl Job for PayOut { const KIND: &'static str = "pay_out"; }
/// async fn pay_out(job: PayOut, run: JobContext) -> Result<(), JobError> {
///     let mut database = connect().await?;
///     let mut transaction = database.transaction().await?;
///     transaction.execute("UPDATE account SET cents = cents - $2 WHERE id = $1", &[&job.account, &job.cents]).await?;
///     run.complete().in_transaction(&mut transaction).await?;
///     transaction.commit().await?;
///     Ok(())
/// }
/// # async fn connect() -> Result<tokio_postgres::Client, JobError> { unimplemented!() }
/// # }
/// ```
#[derive(Debug)]
#[must_use = "it does nothing until it is given a transaction"]
pub struct Completion<'a> {
    context: &'a JobContext,
    result: Option<String>,
}

impl<'a> Completion<'a> {
    pub(super) fn new(context: &'a JobContext) -> Self {
        Self { context, result: None }
    }

    /// Keeps a result with the job.
    ///
    /// # Errors
    ///
    /// As for [`Outcome::done_with`].
    pub fn with_result<T: Serialize + ?Sized>(mut self, result: &T) -> Result<Self, JobError> {
        if let Outcome::DoneWith(json) = Outcome::done_with(result)? {
            self.result = Some(json);
        }
        Ok(self)
    }

    /// Completes it there.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) when the job does not belong to this run any more: then
    /// roll back, another run does it. [`is_invalid`](Error::is_invalid) in a run without a database, as
    /// tests have it. Otherwise as for [`Client::enqueue`](crate::Client::enqueue).
    pub async fn in_transaction<T: Transaction>(self, transaction: &mut T) -> Result<()> {
        let run = self.context.run();
        if run.complete_sql.is_empty() {
            return Err(Error::invalid("complete a job in a transaction: this run has no database, use a TestBed"));
        }
        let call = complete_call(run.complete_sql.to_string(), run.id, run.lease, self.result);
        match transaction.call(call).await?.as_deref() {
            Some("true") => {
                self.context.settle();
                Ok(())
            }
            _ if self.context.is_settled() => {
                Err(Error::conflict(format!("complete job {}: this run has completed it already", run.id)))
            }
            _ => Err(Error::conflict(format!("complete job {}: it does not belong to this run any more", run.id))),
        }
    }
}
