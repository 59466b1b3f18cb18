//! The batch of a running job, for its handler.

use std::ops::Deref;

use super::Client;
use super::batch::Batch;
use crate::job::{FromContext, JobContext, JobError};
use crate::store::batch_of_job;

/// The batch of the job that runs: the one of which it is a member, or whose callback it is. A handler asks for it as a
/// parameter, and can add to it: a job that runs may do so also when the batch is closed, since it cannot have ended. The
/// run fails when the job has no batch; ask for `Option<CurrentBatch>` where that may be.
///
/// It costs a question to the database.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use task_tower::{CurrentBatch, Job, JobError};
///
/// #[derive(Serialize, Deserialize)]
/// struct ImportFile {
///     name: String,
/// }
/// # #[derive(Serialize, Deserialize)] struct ImportRow { row: u32 }
/// # impl Job for ImportRow { const KIND: &'static str = "import_row"; }
///
/// impl Job for ImportFile {
///     const KIND: &'static str = "import_file";
/// }
///
/// async fn import_file(job: ImportFile, batch: CurrentBatch) -> Result<(), JobError> {
///     println!("reading {}", job.name);
///     batch.add_all((0..100).map(|row| ImportRow { row })).await?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct CurrentBatch(pub Batch);

/// The client of the tower itself, among the states of its handlers.
#[derive(Clone)]
pub(crate) struct TowerClient(pub(crate) Client);

impl CurrentBatch {
    async fn find(context: &JobContext) -> Result<Option<Self>, JobError> {
        let Some(TowerClient(client)) = context.states().get() else {
            return Err(JobError::new("the batch of the job: this run has no database, use a TestBed"));
        };
        let (job, id) = (context.job_id(), batch_of_job(client.link(), context.job_id()).await?);
        Ok(id.map(|id| Self(Batch::of_member(client, id, job))))
    }
}

impl FromContext for CurrentBatch {
    async fn from_context(context: &JobContext) -> Result<Self, JobError> {
        let missing = || JobError::new(format_args!("job {} is not in a batch", context.job_id()));
        Self::find(context).await?.ok_or_else(missing)
    }
}

impl FromContext for Option<CurrentBatch> {
    async fn from_context(context: &JobContext) -> Result<Self, JobError> {
        CurrentBatch::find(context).await
    }
}

impl Deref for CurrentBatch {
    type Target = Batch;

    fn deref(&self) -> &Batch {
        &self.0
    }
}
