//! Sends one job until it is known to be there or known to be refused.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::record::JobId;
use crate::store::{Backoff, Link, NewJob, Remedy, arrived, insert, insert_singly};

/// How long an enqueue tries to reach a database that is not there, or a unique key or a batch that somebody's open
/// transaction holds, before it gives up.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Sends a job that was not sent before.
pub(super) async fn send(link: &Link, job: NewJob) -> Result<JobId> {
    let since = Instant::now();
    match attempt(link, &job).await {
        Err((error, Remedy::GiveUp)) => Err(error),
        Err(_) => insist(link, job, since).await,
        Ok(id) => Ok(id),
    }
}

/// Sends a job that may have been sent before. The answer is its id, or that of the live job that has its
/// unique key.
pub(super) async fn insist(link: &Link, job: NewJob, since: Instant) -> Result<JobId> {
    let mut backoff = Backoff::default();
    loop {
        // The statement before this one may have been committed without our hearing of it.
        let failure = match is_there(link, &job).await {
            Ok(true) => return Ok(job.id),
            Ok(false) => match attempt(link, &job).await {
                Ok(id) => return Ok(id),
                // Its own id: an earlier try arrived in this very moment.
                Err((error, Remedy::GiveUp)) => return is_there(link, &job).await?.then_some(job.id).ok_or(error),
                Err((error, _)) => error,
            },
            Err(error) => error,
        };
        if since.elapsed() > PATIENCE {
            return Err(failure);
        }
        backoff.wait().await;
    }
}

async fn attempt(link: &Link, job: &NewJob) -> std::result::Result<JobId, (Error, Remedy)> {
    match job.is_special() {
        true => insert_singly(link, job).await,
        false => insert(link, std::slice::from_ref(job)).await.map(|()| job.id),
    }
}

async fn is_there(link: &Link, job: &NewJob) -> Result<bool> {
    Ok(!arrived(link, &[job.id.as_uuid()]).await?.is_empty())
}
