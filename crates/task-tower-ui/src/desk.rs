//! What every page knows, and the only way to a job's data: through the eyes of a visitor, without secrets.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::Offset;
use task_tower::{Actor, Console, JobFilter, JobId, JobRecord, Page};

use crate::access::{Access, Permission, Visitor};
use crate::dashboard::Instance;
use crate::driver::Driver;
use crate::fault::Fault;
use crate::headers::Headers;
use crate::look::Look;
use crate::mode::Mode;
use crate::redact::Redact;

#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) console: Console,
    pub(crate) access: Arc<Access>,
    pub(crate) redact: Arc<Redact>,
    pub(crate) headers: Arc<Headers>,
    pub(crate) instance: Option<Instance>,
    pub(crate) mode: Mode,
    pub(crate) driver: Driver,
}

impl Desk {
    /// A filter in words of this visitor: dates are in their zone, and what is out of their sight is not found.
    pub(crate) fn filter(&self, text: &str, visitor: &Visitor, look: &Look) -> Result<JobFilter, Fault> {
        let zone = look.now.with_timezone(&look.settings.zone).offset().fix();
        let filter = JobFilter::parse_in(text, zone).map_err(|error| Fault::bad_request(error.to_string()))?;
        let patterns = |patterns: Option<&[String]>| patterns.map(<[String]>::to_vec);
        let scope = &visitor.scope;
        Ok(filter.scoped(patterns(scope.queue_patterns()), patterns(scope.kind_patterns())))
    }

    /// A job as this visitor may see it. One out of their sight is not there.
    pub(crate) async fn job(&self, id: JobId, visitor: &Visitor) -> Result<JobRecord, Fault> {
        let job = self.console.job(id).await?;
        match visitor.scope.admits(&job.queue, &job.kind) {
            true => Ok(self.redact.job(job)),
            false => Err(Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_job(id))),
        }
    }

    /// A page of jobs as this visitor may see them: it is shorter where others are between.
    pub(crate) async fn jobs(&self, filter: &JobFilter, visitor: &Visitor) -> Result<Page, Fault> {
        let mut page = self.console.jobs(filter).await?;
        page.jobs.retain(|job| visitor.scope.admits(&job.queue, &job.kind));
        page.jobs = page.jobs.into_iter().map(|job| self.redact.job(job)).collect();
        Ok(page)
    }

    /// The console by which this visitor does that to this job, if they may.
    pub(crate) async fn allow(&self, id: JobId, permission: Permission, visitor: &Visitor) -> Result<Console, Fault> {
        self.job(id, visitor).await?;
        self.hand(permission, visitor)
    }

    /// The console by which this visitor does that to this queue, if they may.
    pub(crate) fn allow_queue(&self, queue: &str, permission: Permission, visitor: &Visitor) -> Result<Console, Fault> {
        match visitor.scope.admits_queue(queue) {
            true => self.hand(permission, visitor),
            false => {
                let name = queue.to_owned();
                Err(Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_queue(&name)))
            }
        }
    }

    /// What is done by it is put down to the visitor.
    pub(crate) fn hand(&self, permission: Permission, visitor: &Visitor) -> Result<Console, Fault> {
        match visitor.permissions.contains(permission) {
            true => Ok(self.console.acting(Actor::new(&visitor.actor))),
            false => Err(Fault::forbidden(move |m| m.fault_permission(permission.as_str()))),
        }
    }
}
