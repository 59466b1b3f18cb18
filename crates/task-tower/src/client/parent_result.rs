//! What the jobs returned that a job followed, for its handler.

use serde::de::DeserializeOwned;

use super::current_batch::TowerClient;
use crate::job::{FromContext, JobContext, JobError};
use crate::record::JobState;
use crate::store::{ParentOutcome, parent_results};

/// What the job returned that this one [followed](crate::Request::following); the first, if it followed several. A handler
/// asks for it as a parameter. A job that returned nothing gives null, which is read as `()` or as `None`.
///
/// The run fails when this job followed none, when that one has not completed or its result is not kept any more, or when it is
/// of another type. Ask for `Option<ParentResult<T>>` where it [need not have completed](crate::ParentDeath::RunAnyway).
///
/// It costs a question to the database.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use task_tower::{Job, JobError, ParentResult};
///
/// #[derive(Serialize, Deserialize)]
/// struct SendChart {}
///
/// impl Job for SendChart {
///     const KIND: &'static str = "send_chart";
/// }
///
/// async fn send_chart(_: SendChart, ParentResult(path): ParentResult<String>) -> Result<(), JobError> {
///     println!("sending {path}");
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParentResult<T>(pub T);

/// What all the jobs returned that this one followed, in the order in which they were named: as [`ParentResult`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParentResults<T>(pub Vec<T>);

impl<T: DeserializeOwned + Send> FromContext for ParentResult<T> {
    async fn from_context(context: &JobContext) -> Result<Self, JobError> {
        read(&first(context).await?).map(ParentResult)
    }
}

/// `None` when it has not completed.
impl<T: DeserializeOwned + Send> FromContext for Option<ParentResult<T>> {
    async fn from_context(context: &JobContext) -> Result<Self, JobError> {
        let parent = first(context).await?;
        match parent.state {
            Some(JobState::Completed) => read(&parent).map(|result| Some(ParentResult(result))),
            _ => Ok(None),
        }
    }
}

impl<T: DeserializeOwned + Send> FromContext for ParentResults<T> {
    async fn from_context(context: &JobContext) -> Result<Self, JobError> {
        all(context).await?.iter().map(read).collect::<Result<_, _>>().map(ParentResults)
    }
}

async fn first(context: &JobContext) -> Result<ParentOutcome, JobError> {
    let missing = || JobError::new(format_args!("job {} follows no other", context.job_id()));
    all(context).await?.into_iter().next().ok_or_else(missing)
}

async fn all(context: &JobContext) -> Result<Vec<ParentOutcome>, JobError> {
    let Some(TowerClient(client)) = context.states().get() else {
        return Err(JobError::new("the result of its parent: this run has no database, use a TestBed"));
    };
    Ok(parent_results(client.link(), context.job_id()).await?)
}

fn read<T: DeserializeOwned>(parent: &ParentOutcome) -> Result<T, JobError> {
    let ParentOutcome { id, state, is_kept, result } = parent;
    match state {
        None => return Err(JobError::new(format_args!("job {id}, which it follows, has not ended"))),
        Some(JobState::Completed) if *is_kept => {}
        Some(JobState::Completed) => {
            return Err(JobError::new(format_args!("job {id}, which it follows, is not kept as completed any more")));
        }
        Some(state) => return Err(JobError::new(format_args!("job {id}, which it follows, is {state}"))),
    }
    let result = serde_json::from_str(result.as_deref().unwrap_or("null"));
    result.map_err(|error| JobError::new(format_args!("the result of job {id}, which it follows: {error}")))
}
