//! Recurring jobs, as programs change them at run time. What is done leaves an entry in the audit, as `program`.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Client;
use crate::error::Result;
use crate::record::JobId;
use crate::recurring::{self, Pause, RecurringJob};
use crate::store::{self, Change, NewAudit};

/// As a console without an actor is called.
const ACTOR: &str = "program";

impl Client {
    /// Adds a recurring job, or sets the one of this name so; what it was paused for stays. Returns whether anything was
    /// changed. One that the code of a builder says counts as edited then, see
    /// [`TowerBuilder::recurring`](crate::TowerBuilder::recurring).
    ///
    /// # Errors
    ///
    /// [`is_invalid`](crate::Error::is_invalid) with the place of a mistake in the expression, with the zone that may have been
    /// meant, or for a name or a payload that cannot be.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # use task_tower::RecurringJob;
    /// # #[derive(Serialize, Deserialize)] struct SyncShop { shop_id: i64 }
    /// # impl task_tower::Job for SyncShop { const KIND: &'static str = "sync_shop"; }
    /// # async fn example(client: task_tower::Client) -> Result<(), task_tower::Error> {
    /// client.set_recurring(RecurringJob::new("sync-shop-7", "every 15 minutes", SyncShop { shop_id: 7 })).await?;
    /// # Ok(()) }
    /// ```
    pub async fn set_recurring(&self, recurring: RecurringJob) -> Result<bool> {
        let config = self.config(recurring.kind());
        let row = recurring.decide(config, self.payload_bytes_max())?;
        let name = row.name.clone();
        let change = self.shared.desk.begin().await?;
        let details = recurring::set(&change, row).await?;
        let Some(details) = details else { return change.commit().await.map(|()| false) };
        note(change, "set_recurring", &name, &details).await.map(|()| true)
    }

    /// Removes a recurring job. What it has enqueued stays. One that the code of a builder says comes back with the next start
    /// of its program: pause that one instead.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) when there is none of this name.
    pub async fn remove_recurring(&self, name: &str) -> Result<()> {
        let change = self.shared.desk.begin().await?;
        let details = recurring::remove(&change, name).await?;
        note(change, "remove_recurring", name, &details).await
    }

    /// Leaves out the times of a recurring job from now on, until that time, or until it is
    /// [resumed](Client::resume_recurring). What is left out so is not made up for.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) when there is none of this name;
    /// [`is_invalid`](crate::Error::is_invalid) when the time has passed, or the reason has more than 500 bytes.
    pub async fn pause_recurring(&self, name: &str, until: Option<DateTime<Utc>>, reason: Option<&str>) -> Result<()> {
        let change = self.shared.desk.begin().await?;
        let details = recurring::pause(&change, name, Pause { until, reason, actor: ACTOR }).await?;
        note(change, "pause_recurring", name, &details).await
    }

    /// Lets a paused recurring job go on with the first time that comes from now on.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) when there is none of this name;
    /// [`is_conflict`](crate::Error::is_conflict) when it is not paused.
    pub async fn resume_recurring(&self, name: &str) -> Result<()> {
        let change = self.shared.desk.begin().await?;
        let details = recurring::resume(&change, name).await?;
        note(change, "resume_recurring", name, &details).await
    }

    /// Enqueues a job of a recurring one now, also while it is paused and whatever lives of it. Its times stay as they are.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) when there is none of this name.
    pub async fn run_recurring_now(&self, name: &str) -> Result<JobId> {
        let change = self.shared.desk.begin().await?;
        let id = JobId::new();
        let details = recurring::run_now(&change, name, id).await?;
        note(change, "run_recurring", name, &details).await.map(|()| id)
    }

    /// Leaves out the next time of a recurring job; with `false`, not after all.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) when there is none of this name;
    /// [`is_conflict`](crate::Error::is_conflict) when it has no next time: it is paused, or never comes again.
    pub async fn skip_next_recurring(&self, name: &str, skips: bool) -> Result<()> {
        let change = self.shared.desk.begin().await?;
        let details = recurring::skip_next(&change, name, skips).await?;
        note(change, "skip_recurring", name, &details).await
    }
}

async fn note(change: Change<'_>, action: &str, target: &str, details: &Value) -> Result<()> {
    let entry = NewAudit {
        actor: ACTOR,
        address: None,
        request: None,
        action,
        target,
        operation: None,
        details: details.to_string(),
    };
    store::note_audit(&change, &entry).await?;
    change.commit().await
}
