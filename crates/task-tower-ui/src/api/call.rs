//! Who asks, and what they may: the desk as a handler of the API sees it.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use task_tower::{Console, JobFilter, JobId, JobRecord};

use super::route::Needed;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::Look;
use crate::messages::Messages;
use crate::visit::Visit;

/// One request of a program.
pub(super) struct Call {
    pub(super) desk: Desk,
    pub(super) visitor: Visitor,
    pub(super) look: Look,
    needed: Permission,
}

impl Call {
    pub(super) fn filter(&self, text: &str) -> Result<JobFilter, Fault> {
        self.desk.filter(text, &self.visitor, &self.look)
    }

    pub(super) async fn job(&self, id: JobId) -> Result<JobRecord, Fault> {
        self.desk.job(id, &self.visitor).await
    }

    /// The console for a change of this job.
    pub(super) async fn allow(&self, id: JobId) -> Result<Console, Fault> {
        self.desk.allow(id, self.needed, &self.visitor).await
    }

    /// The console for a change of this queue, or for bringing jobs into it.
    pub(super) fn allow_queue(&self, queue: &str) -> Result<Console, Fault> {
        self.desk.allow_queue(queue, self.needed, &self.visitor)
    }

    /// The console for any other change.
    pub(super) fn hand(&self) -> Result<Console, Fault> {
        self.desk.hand(self.needed, &self.visitor)
    }
}

impl FromRequestParts<Desk> for Call {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Fault> {
        let (Some(visitor), Some(visit), Some(Needed(needed))) =
            (parts.extensions.get::<Visitor>(), parts.extensions.get::<Visit>(), parts.extensions.get::<Needed>())
        else {
            return Err(Fault::said(StatusCode::INTERNAL_SERVER_ERROR, Messages::fault_other));
        };
        Ok(Self { desk: desk.clone(), visitor: visitor.clone(), look: visit.look.clone(), needed: *needed })
    }
}
