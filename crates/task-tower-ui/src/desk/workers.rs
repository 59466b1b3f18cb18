//! Workers as a visitor may see them.

use std::collections::{BTreeMap, HashSet};

use axum::http::StatusCode;
use task_tower::{JobFilter, JobId, JobState, RUNNING_JOBS_MAX, RunningJob, WorkerId, WorkerRecord};

use super::Desk;
use crate::access::{Scope, Visitor};
use crate::fault::Fault;

/// Of the jobs that run, so many are looked for among those that a visitor may see.
const RUNNING_MAX: usize = 200;

impl Desk {
    /// The workers. Who sees a part of the jobs sees those that may run one of these, and of each what concerns them:
    /// their queues, kinds and running jobs, of which only these count as busy.
    pub(crate) async fn workers(&self, visitor: &Visitor) -> Result<Vec<WorkerRecord>, Fault> {
        let workers = self.console.workers().await?;
        let scope = &visitor.scope;
        if scope.is_all() {
            return Ok(workers);
        }
        let running = self.running_in_sight(visitor).await?;
        let concerned = workers.into_iter().filter(|worker| scope.admits_worker(worker));
        Ok(concerned.map(|worker| narrowed(worker, scope, &running)).collect())
    }

    /// One of them, as far as that. One out of sight is not there.
    pub(crate) async fn worker(&self, id: &str, visitor: &Visitor) -> Result<WorkerRecord, Fault> {
        let missing = || {
            let id = id.to_owned();
            Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_worker(&id))
        };
        let number: WorkerId = id.parse().map_err(|_| missing())?;
        let found = self.console.worker(number).await;
        let worker = found.map_err(|error| if error.is_not_found() { missing() } else { error.into() })?;
        let scope = &visitor.scope;
        match (scope.is_all(), scope.admits_worker(&worker)) {
            (true, _) => Ok(worker),
            (false, true) => Ok(narrowed(worker, scope, &self.running_in_sight(visitor).await?)),
            (false, false) => Err(missing()),
        }
    }

    /// What those of them that live run, of each the jobs that began first.
    pub(crate) async fn running(
        &self,
        workers: &[WorkerRecord],
        most: usize,
        visitor: &Visitor,
    ) -> Result<BTreeMap<WorkerId, Vec<RunningJob>>, Fault> {
        let living = workers.iter().filter(|worker| worker.ended_at.is_none());
        let ids: Vec<WorkerId> = living.map(|worker| worker.id).collect();
        // Those in sight may be the last of all.
        let asked = if visitor.scope.is_all() { u32::try_from(most).unwrap_or(u32::MAX) } else { RUNNING_JOBS_MAX };
        let told: HashSet<JobId> = workers.iter().flat_map(|worker| worker.running.iter().copied()).collect();
        let mut running: BTreeMap<WorkerId, Vec<RunningJob>> = BTreeMap::new();
        for job in self.console.running_jobs(&ids, asked).await?.into_iter().filter(|job| told.contains(&job.id)) {
            running.entry(job.worker).or_default().push(job);
        }
        running.values_mut().for_each(|jobs| jobs.truncate(most));
        Ok(running)
    }

    async fn running_in_sight(&self, visitor: &Visitor) -> Result<HashSet<JobId>, Fault> {
        let filter = JobFilter::new().states([JobState::Processing]).limit(RUNNING_MAX);
        let page = Fault::unless_too_slow(self.jobs(&filter, visitor).await)?;
        Ok(page.iter().flat_map(|page| &page.jobs).map(|job| job.id).collect())
    }
}

fn narrowed(mut worker: WorkerRecord, scope: &Scope, running: &HashSet<JobId>) -> WorkerRecord {
    worker.running.retain(|id| running.contains(id));
    worker.busy = i32::try_from(worker.running.len()).unwrap_or(i32::MAX);
    worker.queues.retain(|queue| scope.admits_queue(queue));
    worker.queue_priorities = unnamed(worker.queue_priorities, scope);
    worker.kinds.retain(|kind| scope.admits_kind(kind));
    worker
}

/// Ranks and weights of what one sees are what they are among all.
fn unnamed(priorities: BTreeMap<String, i32>, scope: &Scope) -> BTreeMap<String, i32> {
    let name = |(number, (queue, priority)): (usize, (String, i32))| match scope.admits_queue(&queue) {
        true => (queue, priority),
        false => (format!("#{number}"), priority),
    };
    priorities.into_iter().enumerate().map(name).collect()
}
