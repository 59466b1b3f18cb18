//! What workers run, what an operator can ask of a worker from afar, and taking those that died off the list.

use serde_json::json;

use super::Console;
use super::notes::Note;
use crate::error::{Error, Result};
use crate::record::{RunningJob, WorkerCommand, WorkerId};
use crate::store;

/// As many running jobs are told at once.
pub const RUNNING_JOBS_MAX: u32 = 2_000;

impl Console {
    /// What these workers run: of each the jobs that began first, `most` of them, and [`RUNNING_JOBS_MAX`] in all. A worker
    /// tells of a run with its next heartbeat, and of 1,000 at the most; one that ended runs nothing.
    ///
    /// ```no_run
    /// # async fn example(console: task_tower::Console) -> task_tower::Result<()> {
    /// let workers: Vec<_> = console.workers().await?.iter().map(|worker| worker.id).collect();
    /// for job in console.running_jobs(&workers, 10).await? {
    ///     println!("worker {} runs {} {} since {}", job.worker, job.kind, job.id, job.started_at);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn running_jobs(&self, workers: &[WorkerId], most: u32) -> Result<Vec<RunningJob>> {
        let workers: Vec<i64> = workers.iter().map(|id| id.as_i64()).collect();
        let most = i32::try_from(most).unwrap_or(i32::MAX);
        store::running_jobs(&self.readers, &workers, most, i64::from(RUNNING_JOBS_MAX)).await
    }

    /// Asks a worker to claim no more jobs; what it runs goes on. It hears of it at once, and with its next
    /// heartbeat at the latest. [`resume_worker`](Console::resume_worker) takes it back.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when no such worker lives.
    pub async fn quiet_worker(&self, id: WorkerId) -> Result<()> {
        self.command_worker(id, Some(WorkerCommand::Quiet)).await
    }

    /// Lets a quiet worker claim jobs again. One that was asked to stop goes on stopping.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when no such worker lives.
    pub async fn resume_worker(&self, id: WorkerId) -> Result<()> {
        self.command_worker(id, None).await
    }

    /// Asks a worker to stop as on SIGTERM: [`TaskTower::run`](crate::TaskTower::run) then returns. In a
    /// program that starts its worker by [`start`](crate::TaskTower::start), it claims no more, and
    /// [`RunningTower::stop_requested`](crate::RunningTower::stop_requested) tells the program.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when no such worker lives.
    pub async fn stop_worker(&self, id: WorkerId) -> Result<()> {
        self.command_worker(id, Some(WorkerCommand::Stop)).await
    }

    /// Takes a worker that no longer lives off the list, a day before it would go by itself. Its jobs are as they are: what it had
    /// run goes on naming it by its number.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such worker, and [`is_conflict`](Error::is_conflict) when it
    /// lives, or when its jobs were not taken back yet, which a living worker does by itself.
    pub async fn remove_worker(&self, id: WorkerId) -> Result<()> {
        let change = self.desk.begin().await?;
        let Some(host) = store::remove_worker(&change, id).await? else {
            return Err(self.why_it_stays(id).await?);
        };
        let details = json!({ "host": host });
        self.note(&change, Note { action: "remove_worker", target: &id.to_string(), operation: None, details }).await?;
        change.commit().await
    }

    async fn why_it_stays(&self, id: WorkerId) -> Result<Error> {
        Ok(match self.worker(id).await?.ended_at {
            None => Error::conflict(format!("worker {id} lives")),
            Some(_) => Error::conflict(format!("the jobs of worker {id} were not taken back yet")),
        })
    }

    async fn command_worker(&self, id: WorkerId, command: Option<WorkerCommand>) -> Result<()> {
        let change = self.desk.begin().await?;
        if !store::command_worker(&change, id, command).await? {
            return Err(Error::not_found(format!("worker {id} does not live")));
        }
        let action = match command {
            Some(WorkerCommand::Quiet) => "quiet_worker",
            Some(WorkerCommand::Stop) => "stop_worker",
            None => "resume_worker",
        };
        self.note(&change, Note { action, target: &id.to_string(), operation: None, details: json!({}) }).await?;
        change.commit().await
    }
}
