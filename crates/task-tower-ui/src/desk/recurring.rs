//! Recurring jobs, through the eyes of a visitor.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use task_tower::{Console, JobId, RecurringCounts, RecurringDetails, RecurringFilter, RecurringRecord, TickRecord};

use super::Desk;
use crate::access::{Permission, Visitor};
use crate::fault::Fault;

impl Desk {
    /// Those that this visitor may see, without their secrets.
    pub(crate) async fn recurring_jobs(
        &self,
        filter: RecurringFilter,
        visitor: &Visitor,
    ) -> Result<Vec<RecurringRecord>, Fault> {
        let found = self.console.recurring_jobs(&seen(filter, visitor)).await?;
        Ok(found.into_iter().map(|recurring| self.shown(recurring)).collect())
    }

    /// How many this visitor sees, and how many of them fail or are paused.
    pub(crate) async fn count_recurring(
        &self,
        filter: RecurringFilter,
        visitor: &Visitor,
    ) -> Result<RecurringCounts, Fault> {
        Ok(self.console.count_recurring(&seen(filter, visitor)).await?)
    }

    /// What became of the latest times of these, which this visitor sees.
    pub(crate) async fn ticks_of(&self, seen: &[RecurringRecord]) -> Result<BTreeMap<String, Vec<TickRecord>>, Fault> {
        let names: Vec<&str> = seen.iter().map(|recurring| recurring.name.as_str()).collect();
        Ok(self.console.recurring_ticks(&names).await?)
    }

    /// Those of them that come next, the first of them first.
    pub(crate) async fn next_recurring(&self, most: usize, visitor: &Visitor) -> Result<Vec<RecurringRecord>, Fault> {
        let found = self.console.next_recurring(&seen(RecurringFilter::new().limit(most), visitor)).await?;
        Ok(found.into_iter().map(|recurring| self.shown(recurring)).collect())
    }

    /// One as this visitor may see it. One out of their sight is not there.
    pub(crate) async fn recurring_job(&self, name: &str, visitor: &Visitor) -> Result<RecurringDetails, Fault> {
        let mut details = self.stored_recurring(name, visitor).await?;
        details.recurring = self.shown(details.recurring);
        Ok(details)
    }

    /// The same with its secrets, to write them back where they were. Nothing of it may be shown.
    pub(crate) async fn stored_recurring(&self, name: &str, visitor: &Visitor) -> Result<RecurringDetails, Fault> {
        let missing = || {
            let name = name.to_owned();
            Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_recurring(&name))
        };
        let found = self.console.recurring_job(name).await;
        let details = found.map_err(|error| if error.is_not_found() { missing() } else { error.into() })?;
        match visitor.scope.admits(&details.recurring.queue, &details.recurring.kind) {
            true => Ok(details),
            false => Err(missing()),
        }
    }

    /// The console by which this visitor changes this one, if they may.
    pub(crate) async fn allow_recurring(&self, name: &str, visitor: &Visitor) -> Result<Console, Fault> {
        self.stored_recurring(name, visitor).await?;
        self.hand(Permission::ManageRecurring, visitor)
    }

    /// The recurring job that a job comes from, if it is there and this visitor may see it.
    pub(crate) async fn recurring_of(&self, id: JobId, visitor: &Visitor) -> Result<Option<String>, Fault> {
        let Some((name, _)) = self.console.recurring_of(id).await? else { return Ok(None) };
        match self.stored_recurring(&name, visitor).await {
            Ok(_) => Ok(Some(name)),
            Err(fault) if fault.status == StatusCode::NOT_FOUND => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    fn shown(&self, mut recurring: RecurringRecord) -> RecurringRecord {
        self.redact.recurring(&mut recurring);
        recurring
    }
}

fn seen(filter: RecurringFilter, visitor: &Visitor) -> RecurringFilter {
    let patterns = |patterns: Option<&[String]>| patterns.map(<[String]>::to_vec);
    filter.scoped(patterns(visitor.scope.queue_patterns()), patterns(visitor.scope.kind_patterns()))
}
