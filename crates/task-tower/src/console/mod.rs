//! What a person at a desk may ask and do. The dashboard and the command line program use this and
//! nothing else.

mod actions;
mod actor;
mod batches;
mod doctor;
mod draft;
mod edit;
mod errors;
mod health;
mod kinds;
mod logs;
mod memory;
mod notes;
mod operations;
mod preview;
mod queue_activity;
mod queues;
mod readiness;
mod recurring;
mod relations;
mod runs;
mod sample;
mod search;
mod statistics;
mod suggest;
mod views;
mod watch;
mod workers;

pub use actions::{Done, SELECTION_MAX};
pub use actor::Actor;
pub use batches::BATCHES_MAX;
pub use doctor::DoctorLimits;
pub use draft::JobDraft;
pub use edit::JobEdit;
pub use errors::{ERRORS_MAX, ErrorFilter, ErrorPage, ErrorStatus};
pub use health::{Health, LateQueue, Verdict};
pub use kinds::{ATTEMPTS_JOBS_MAX, ATTEMPTS_MAX, KINDS_MAX, KindDetails, KindFilter, KindPage, KindSort};
pub use logs::{LOGS_MAX, LogFilter, LogPage};
pub use notes::{AUDIT_PAGE_MAX, AuditFilter};
pub use preview::Preview;
pub use queues::{LATE_AFTER_MAX, QueuesChanged};
pub use recurring::{RECURRING_COUNTED_MAX, RECURRING_MAX, RecurringCounts, RecurringFilter};
pub use relations::RELATIVES_MAX;
pub use search::{Count, Page, SEARCH_MAX, Searched};
pub use statistics::Tile;
pub use suggest::{SUGGESTIONS_MAX, Suggestion, Suggestions};
pub use views::{VIEWS_MAX, ViewDraft};
pub use watch::{EVENTS_MAX, Events, TowerEvent};
pub use workers::RUNNING_JOBS_MAX;

pub(crate) use readiness::Probing;
pub(crate) use watch::Watch;

use std::sync::Arc;

use memory::Memory;
use sample::Sampler;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::record::{Census, JobId, JobRecord, Pulse, QueueRecord, ReadOnly, Server, WorkerId, WorkerRecord};
use crate::store::{self, Change, Desk, Link, Readers};

/// Counts end here: "10,000 or more" is all that a page says of larger numbers, and it says it at
/// once.
pub const COUNT_MAX: u64 = 10_001;

/// Questions and actions of an operator: lists, one job with its history, queues, workers; requeue,
/// cancel, discard, delete, edit; pause and resume. Every change leaves an entry in the audit, which is
/// written in the same transaction. Cheap to clone.
#[derive(Clone)]
pub struct Console {
    /// For what it changes.
    link: Link,
    /// For what it asks.
    readers: Readers,
    desk: Desk,
    watch: Arc<Watch>,
    probing: Arc<Probing>,
    sampler: Sampler,
    /// What is told of large tables, for who wants it kept.
    memory: Option<Arc<Memory>>,
    actor: Arc<Actor>,
    /// The version of a job's row that the person has seen.
    seen: Option<Arc<str>>,
}

impl Console {
    pub(crate) fn new(link: Link, readers: Readers, changes: Link, watch: Arc<Watch>, probing: Arc<Probing>) -> Self {
        let (desk, sampler) = (Desk::new(changes), Sampler::default());
        Self { link, readers, desk, watch, probing, sampler, memory: None, actor: Arc::default(), seen: None }
    }

    /// The same console, but what is changed through it is put down to this actor. Without it, the audit says
    /// `program`.
    #[must_use]
    pub fn acting(&self, actor: Actor) -> Self {
        Self { actor: Arc::new(actor), ..self.clone() }
    }

    /// The same console, but it changes a job only as long as it is as it was seen: with this
    /// [`revision`](JobRecord::revision). It is a conflict otherwise. For changes of one job.
    #[must_use]
    pub fn if_unchanged(&self, revision: &str) -> Self {
        Self { seen: Some(revision.into()), ..self.clone() }
    }

    /// The same console, but `hide` takes away what [`suggest`](Console::suggest) is not to tell. It gets the kind, the
    /// payload and the tags of each job that is looked at for suggestions; of a large payload, null.
    #[must_use]
    pub fn hiding(&self, hide: impl Fn(&str, &mut Value, &mut Vec<String>) + Send + Sync + 'static) -> Self {
        Self { sampler: Sampler::hiding(Arc::new(hide)), ..self.clone() }
    }

    /// The same console, but numbers that take a walk over more than 2,000 jobs, of [`counts`](Console::counts) and of
    /// [`queues`](Console::queues), are told again for up to two seconds, to whoever asks a clone of it the same: for what is
    /// shown to many people. What is changed through one of these consoles is seen at once; what others change, and jobs that
    /// come and go, within these two seconds. [`preview`](Console::preview) counts anew.
    #[must_use]
    pub fn remembering(&self) -> Self {
        Self { memory: Some(Arc::default()), ..self.clone() }
    }

    async fn check_revision(&self, change: &Change<'_>, ids: &[JobId]) -> Result<()> {
        let (Some(seen), [id]) = (&self.seen, ids) else { return Ok(()) };
        match store::revision(change, *id).await? {
            Some(revision) if revision != **seen => {
                Err(Error::conflict(format!("change job {id}: it has changed since you looked")))
            }
            _ => Ok(()),
        }
    }

    /// One job with everything that is kept of it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such job, or not any more.
    pub async fn job(&self, id: JobId) -> Result<JobRecord> {
        let job = store::read_job(&self.readers, id).await?;
        job.ok_or_else(|| Error::not_found(format!("job {id} does not exist")))
    }

    /// The queues that ever held a job, by name; at most 1,000.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn queues(&self) -> Result<Vec<QueueRecord>> {
        let list = async || store::list_queues(&self.readers, None, COUNT_MAX.cast_signed()).await;
        match &self.memory {
            Some(memory) => memory.queues(&self.desk, list).await,
            None => list().await,
        }
    }

    /// One queue. It is known when it ever held a job, was paused, or was given to a worker by its name.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when it is not known.
    pub async fn queue(&self, name: &str) -> Result<QueueRecord> {
        let found = store::list_queues(&self.readers, Some(name), COUNT_MAX.cast_signed()).await?;
        let missing = || Error::not_found(format!("queue \"{}\" is not known", name.escape_debug()));
        found.into_iter().next().ok_or_else(missing)
    }

    /// The workers, first those that live, then those that ended within the last day.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn workers(&self) -> Result<Vec<WorkerRecord>> {
        store::list_workers(&self.readers, None).await
    }

    /// One worker that lives, or ended within the last day.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such worker, or not any more.
    pub async fn worker(&self, id: WorkerId) -> Result<WorkerRecord> {
        let found = store::list_workers(&self.readers, Some(id)).await?;
        found.into_iter().next().ok_or_else(|| Error::not_found(format!("worker {id} is not known")))
    }

    /// Why the database takes no changes at present; `None` when it does.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn read_only(&self) -> Result<Option<ReadOnly>> {
        Ok(self.server().await?.read_only)
    }

    /// Which PostgreSQL answers, and whether it takes changes at present.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn server(&self) -> Result<Server> {
        let server = store::server(&self.link).await?;
        if server.read_only.is_some() {
            // By the next question, there may be a server again that takes changes.
            self.link.close().await;
            self.readers.close().await;
        }
        Ok(server)
    }

    /// How many queues, kinds, open errors, recurring jobs, workers and operations there are. One question to small tables.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn census(&self) -> Result<Census> {
        store::census(&self.readers).await
    }

    /// Marks that change when jobs, queues, workers or operations do. One cheap question, whatever the
    /// size of the tables: for whoever shows them and wants to know when to look again.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn pulse(&self) -> Result<Pulse> {
        store::pulse(&self.readers).await
    }
}

impl std::fmt::Debug for Console {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Console")
    }
}
