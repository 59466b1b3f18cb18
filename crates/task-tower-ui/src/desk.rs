//! What every page knows, and the only way to a job's data: through the eyes of a visitor, without secrets.

mod errors;
mod recurring;
mod workers;

pub(crate) use errors::{Told, WORKER_LOST};

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use task_tower::{
    AuditFilter, AuditId, AuditRecord, Console, Count, JobFilter, JobId, JobRecord, JobState, LogFilter, LogPage, Page,
    Suggestions,
};

use crate::access::{Access, Permission, Visitor};
use crate::code::CodeUrl;
use crate::dashboard::{Instance, Peer};
use crate::driver::Driver;
use crate::fault::Fault;
use crate::headcount::Headcount;
use crate::headers::Headers;
use crate::live::Hub;
use crate::look::Look;
use crate::metrics::Metrics;
use crate::mode::Mode;
use crate::redact::{Redact, Refused, Secrets};
use crate::trace_url::TraceUrl;

/// As many ids as a term of a filter has room for.
const IDS_OF_TERM_MAX: usize = 6;

#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) console: Console,
    pub(crate) access: Arc<Access>,
    pub(crate) redact: Arc<Redact>,
    pub(crate) headers: Arc<Headers>,
    pub(crate) metrics: Metrics,
    pub(crate) trace_url: Option<TraceUrl>,
    pub(crate) instance: Option<Instance>,
    pub(crate) peers: Arc<[Peer]>,
    /// How many proxies are believed.
    pub(crate) proxies: u8,
    /// Where the code is read that stacks are of.
    pub(crate) code: Option<CodeUrl>,
    pub(crate) mode: Mode,
    pub(crate) headcount: Headcount,
    pub(crate) told: Told,
    pub(crate) driver: Driver,
    pub(crate) hub: Hub,
}

impl Desk {
    /// A filter in words of this visitor: dates are in their zone, and what is out of their sight is not found.
    pub(crate) fn filter(&self, text: &str, visitor: &Visitor, look: &Look) -> Result<JobFilter, Fault> {
        let filter = look.filter(text).map_err(|error| Fault::bad_request(error.to_string()))?;
        self.narrowed(filter, visitor)
    }

    /// A job as this visitor may see it. One out of their sight is not there.
    pub(crate) async fn job(&self, id: JobId, visitor: &Visitor) -> Result<JobRecord, Fault> {
        Ok(self.job_and_secrets(id, visitor).await?.0)
    }

    /// The same, and what hides its secrets in texts that are kept beside it, such as its log.
    pub(crate) async fn job_and_secrets(&self, id: JobId, visitor: &Visitor) -> Result<(JobRecord, Secrets), Fault> {
        let job = self.console.job(id).await?;
        match visitor.scope.admits(&job.queue, &job.kind) {
            true => Ok(self.redact.job_and_secrets(job)),
            false => Err(Fault::said(StatusCode::NOT_FOUND, move |m| m.fault_no_job(id))),
        }
    }

    /// What a job has logged, whose secrets are known since a visitor may see it.
    pub(crate) async fn logs(&self, id: JobId, secrets: &Secrets, filter: &LogFilter) -> Result<LogPage, Fault> {
        let mut page = self.console.logs(id, filter).await?;
        page.lines.iter_mut().for_each(|line| secrets.mask_line(line));
        Ok(page)
    }

    /// The same with its secrets, to write them back where they were. Nothing of it may be shown.
    pub(crate) async fn stored(&self, id: JobId, visitor: &Visitor) -> Result<JobRecord, Fault> {
        self.job(id, visitor).await?;
        Ok(self.console.job(id).await?)
    }

    /// The same filter for what this visitor may see. By asking for values that are hidden from the pages, or for parts of
    /// others that may repeat them, one could guess them.
    fn narrowed(&self, filter: JobFilter, visitor: &Visitor) -> Result<JobFilter, Fault> {
        match self.redact.refuses(&filter) {
            Some(Refused::Key(key)) => return Err(Fault::forbidden(move |m| m.fault_hidden(&key))),
            Some(Refused::Part(term)) => return Err(Fault::forbidden(move |m| m.fault_hidden_part(&term))),
            None => {}
        }
        let patterns = |patterns: Option<&[String]>| patterns.map(<[String]>::to_vec);
        let scope = &visitor.scope;
        let filter = filter.scoped(patterns(scope.queue_patterns()), patterns(scope.kind_patterns()));
        Ok(match self.redact.guard() {
            Some(guard) => filter.guarded(guard),
            None => filter,
        })
    }

    /// What could stand at the cursor in the text of a filter, of what this visitor may see.
    pub(crate) async fn suggest(&self, text: &str, cursor: usize, visitor: &Visitor) -> Result<Suggestions, Fault> {
        let within = self.narrowed(JobFilter::new(), visitor)?;
        let mut told = self.console.suggest(text, cursor, &within).await?;
        told.suggestions.retain(|suggestion| !self.redact.hides_suggestion(suggestion));
        told.suggestions.iter_mut().for_each(|suggestion| self.show_note(suggestion));
        // A group that fits by what is not shown of its message is none.
        let typed = text.chars().take(cursor).skip(told.place.start).collect::<String>().to_lowercase();
        let shows = |note: &str, name: &str| format!("{name} {note}").to_lowercase().contains(typed.trim_matches('"'));
        told.suggestions.retain(|found| found.note.as_ref().is_none_or(|note| shows(note, &found.text)));
        Ok(told)
    }

    /// The same in the text of a filter of groups of errors. What its words are looked for in is not suggested.
    pub(crate) async fn suggest_errors(
        &self,
        text: &str,
        cursor: usize,
        visitor: &Visitor,
    ) -> Result<Suggestions, Fault> {
        let within = self.narrowed(JobFilter::new(), visitor)?;
        Ok(self.console.suggest_errors(text, cursor, &within).await?)
    }

    /// Those of these jobs that this visitor may see.
    pub(crate) async fn in_sight(&self, ids: &[JobId], visitor: &Visitor) -> Result<Vec<JobId>, Fault> {
        if visitor.scope.is_all() {
            return Ok(ids.to_vec());
        }
        let mut seen = Vec::new();
        for ids in ids.chunks(IDS_OF_TERM_MAX) {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let term = format!("id:{}", ids.join(",")).parse().map_err(task_tower::Error::from)?;
            let filter = self.narrowed(JobFilter::new().with(term), visitor)?;
            seen.extend(self.console.jobs(&filter).await?.jobs.iter().map(|job| job.id));
        }
        Ok(seen)
    }

    /// How many jobs there are in each state, of those that this visitor may see.
    pub(crate) async fn counts(
        &self,
        filter: &JobFilter,
        visitor: &Visitor,
    ) -> Result<BTreeMap<JobState, Count>, Fault> {
        Ok(self.console.counts(&self.narrowed(filter.clone(), visitor)?).await?)
    }

    /// What was changed by hand, as it may be shown.
    pub(crate) async fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, Fault> {
        Ok(self.console.audit(filter).await?.into_iter().map(|entry| self.redact.entry(entry)).collect())
    }

    /// A page of jobs as this visitor may see them.
    pub(crate) async fn jobs(&self, filter: &JobFilter, visitor: &Visitor) -> Result<Page, Fault> {
        let mut page = self.console.jobs(&self.narrowed(filter.clone(), visitor)?).await?;
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

    /// The names of all queues that this visitor sees.
    pub(crate) async fn queues_in_sight(&self, visitor: &Visitor) -> Result<Vec<String>, Fault> {
        let names = self.console.queues().await?.into_iter().map(|queue| queue.name);
        Ok(names.filter(|name| visitor.scope.admits_queue(name)).collect())
    }

    /// The console by which this visitor undoes what that entry of the audit did to queues, if they see all of them.
    pub(crate) async fn allow_queues_of(&self, entry: AuditId, visitor: &Visitor) -> Result<Console, Fault> {
        for queue in self.console.queues_of(entry).await? {
            self.allow_queue(&queue, Permission::PauseQueues, visitor)?;
        }
        self.hand(Permission::PauseQueues, visitor)
    }

    /// The console by which this visitor does such things, if they may. What is done by it is put down to them.
    pub(crate) fn hand(&self, permission: Permission, visitor: &Visitor) -> Result<Console, Fault> {
        match visitor.permissions.contains(permission) {
            true => Ok(self.console.acting(visitor.as_actor())),
            false => Err(Fault::forbidden(move |m| m.fault_permission(permission.as_str()))),
        }
    }
}
