//! The door by which jobs come in.

mod awake;
mod batch;
mod bulk;
mod chain;
mod close_batch;
mod current_batch;
mod enrich;
mod errand;
mod gatherer;
mod insist;
mod line;
mod open_batch;
mod options;
mod parent_result;
mod recurring;
mod request;
mod tags;
mod unique;

pub use batch::Batch;
pub use bulk::EnqueueAll;
pub use chain::Chain;
pub use close_batch::CloseBatch;
pub use current_batch::CurrentBatch;
pub use open_batch::OpenBatch;
pub use parent_result::{ParentResult, ParentResults};
pub use request::Request;
pub use tags::IntoTags;
pub use unique::{Enqueued, OrFind};

use std::collections::HashMap;
use std::sync::Arc;

use tracing::{Instrument, Span};

use crate::error::{Error, Result};
use crate::job::{AnyContextualizer, AnyEnqueueInterceptor, Contextualizer, Interceptors, Job, KindConfig};
use crate::record::{BatchId, JobId, check_tags};
use crate::relay::Publisher;
use crate::store::{self, Desk, Link, NewJob};
use crate::telemetry::{Sending, not_sent};

pub(crate) use current_batch::TowerClient;

use gatherer::Gatherer;
use tags::distinct;

/// Puts jobs in. Cheap to clone, and safe to share among tasks; every request is a builder that
/// does its work when it is awaited.
///
/// Single enqueues of one process that happen at the same time are gathered into one statement and
/// one commit; each caller is answered after the commit that holds its own job.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    /// What enriches the jobs that go in by this client, in order.
    contextualizers: Vec<Arc<dyn AnyContextualizer>>,
}

pub(crate) struct Shared {
    gatherer: Gatherer,
    link: Link,
    unique_link: Link,
    /// Where recurring jobs are changed.
    desk: Desk,
    kinds: HashMap<String, KindConfig>,
    /// Those of all kinds, for the ones that are not among `kinds`.
    everywhere: Interceptors,
    payload_bytes_max: usize,
}

impl Shared {
    fn enqueue_interceptors(&self, kind: &str) -> &[Arc<dyn AnyEnqueueInterceptor>] {
        let interceptors = self.kinds.get(kind).map_or(&self.everywhere, |config| &config.interceptors);
        &interceptors.enqueue
    }
}

impl Client {
    /// Single enqueues go by `links`, unique ones by their own, recurring jobs are changed at the desk,
    /// everything else is done on the first of `links`. Must be called inside a tokio runtime.
    pub(crate) fn new(
        links: Vec<Link>,
        unique_link: Link,
        desk: Desk,
        publisher: Option<Publisher>,
        kinds: HashMap<String, KindConfig>,
        everywhere: Interceptors,
        payload_bytes_max: usize,
    ) -> Self {
        let link = links.first().expect("an option of less than 1 was refused").clone();
        let gatherer = Gatherer::start(links, publisher);
        let shared = Shared { gatherer, link, unique_link, desk, kinds, everywhere, payload_bytes_max };
        Self { shared: Arc::new(shared), contextualizers: Vec::new() }
    }

    /// Enqueues a job to run as soon as a slot is free. Await the request to do it; the answer is
    /// the job's id, and comes when the job is committed.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) when the payload or a name is refused, before anything is
    /// sent; [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
    /// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
    /// # async fn example(client: task_tower::Client) -> Result<(), task_tower::Error> {
    /// let id = client.enqueue(SendWelcome { user_id: 1 }).to_queue("mail").tags(["vip"]).await?;
    /// # Ok(()) }
    /// ```
    pub fn enqueue<J: Job>(&self, job: J) -> Request<J> {
        Request::new(self.clone(), job)
    }

    /// Schedules a job to run later: say when by [`in_seconds`](Request::in_seconds) and its
    /// sisters, [`after`](Request::after) or [`at`](Request::at). Said nothing, it runs at once.
    ///
    /// The job may start a little later than asked, never earlier, by the database's clock.
    ///
    /// # Errors
    ///
    /// As for [`enqueue`](Client::enqueue).
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
    /// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
    /// # async fn example(client: task_tower::Client) -> Result<(), task_tower::Error> {
    /// client.schedule(SendWelcome { user_id: 2 }).to_queue("critical").in_seconds(2).await?;
    /// # Ok(()) }
    /// ```
    pub fn schedule<J: Job>(&self, job: J) -> Request<J> {
        Request::new(self.clone(), job)
    }

    /// Enqueues many jobs of one kind, all or none of them. The jobs are taken from the iterator as
    /// they are sent, so a million of them are never in memory at once.
    ///
    /// # Errors
    ///
    /// As for [`enqueue`](Client::enqueue); then none of the jobs is enqueued.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
    /// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
    /// # async fn example(client: task_tower::Client) -> Result<(), task_tower::Error> {
    /// let ids = client.enqueue_all((1..=1_000).map(|user_id| SendWelcome { user_id })).await?;
    /// # Ok(()) }
    /// ```
    pub fn enqueue_all<J, I>(&self, jobs: I) -> EnqueueAll<J, I::IntoIter>
    where
        J: Job,
        I: IntoIterator<Item = J>,
    {
        EnqueueAll::new(self.clone(), jobs.into_iter())
    }

    /// Opens a batch: jobs that belong together, with jobs that are enqueued when all of them have ended, when all have
    /// completed, or when the first has died. The name is for people, and may be empty; at most
    /// [`BATCH_NAME_BYTES_MAX`](crate::BATCH_NAME_BYTES_MAX). Await the request to do it; the answer is the
    /// [`Batch`], to which jobs are added until it is closed.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for a name, or a job for later, that is refused: then there is no batch.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)] struct ImportRow { row: i64 }
    /// # impl task_tower::Job for ImportRow { const KIND: &'static str = "import_row"; }
    /// # #[derive(Serialize, Deserialize)] struct SendReport { month: u8 }
    /// # impl task_tower::Job for SendReport { const KIND: &'static str = "send_report"; }
    /// # async fn example(client: task_tower::Client) -> Result<(), task_tower::Error> {
    /// let batch = client.open_batch("import of March").on_success(SendReport { month: 3 }).await?;
    /// batch.add_all((1..=1_000).map(|row| ImportRow { row })).await?;
    /// batch.close().await?;
    /// # Ok(()) }
    /// ```
    pub fn open_batch(&self, name: impl Into<String>) -> OpenBatch {
        OpenBatch::new(self.clone(), name.into())
    }

    /// The batch that has this id, to add jobs to it or to close it. Nothing is asked yet: whether there is one shows
    /// when it is used.
    #[must_use]
    pub fn batch(&self, id: BatchId) -> Batch {
        Batch::new(self.clone(), id)
    }

    /// A client whose enqueues go through this contextualizer, after those that this client has
    /// already. This client itself stays as it is, so the context of one call never gets into
    /// another.
    ///
    /// An enqueue that a contextualizer refuses is [`is_refused`](Error::is_refused); one whose parameters
    /// together have more than [`PARAMETERS_BYTES_MAX`](crate::PARAMETERS_BYTES_MAX) is
    /// [`is_invalid`](Error::is_invalid).
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # use task_tower::{Client, EnqueueContext, JobError};
    /// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
    /// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
    /// # async fn example(client: Client, user: String) -> Result<(), task_tower::Error> {
    /// let current_user = move |context: &mut EnqueueContext<'_>| context.set_parameter("User", &user);
    /// client.with_context(current_user).enqueue(SendWelcome { user_id: 1 }).await?;
    /// # Ok(()) }
    /// ```
    #[must_use = "the client itself stays as it is"]
    pub fn with_context(&self, contextualizer: impl Contextualizer) -> Self {
        let mut client = self.clone();
        client.contextualizers.push(Arc::new(contextualizer));
        client
    }

    /// Adds tags to a job: before it runs, while it runs, or after it has. One tag, or several in an
    /// array or a `Vec`; those that it has already stay once.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such job;
    /// [`is_invalid`](Error::is_invalid) when a tag is not a name, or the job would have more than
    /// [`TAGS_MAX`](crate::TAGS_MAX). Then it gets none of them.
    ///
    /// ```no_run
    /// # async fn example(client: task_tower::Client, id: task_tower::JobId) -> Result<(), task_tower::Error> {
    /// client.tag_job(id, "vip").await?;
    /// client.tag_job(id, ["mail", "welcome"]).await?;
    /// # Ok(()) }
    /// ```
    pub async fn tag_job(&self, id: JobId, tags: impl IntoTags) -> Result<()> {
        let tags = distinct(tags.into_tags());
        check_tags(&tags)?;
        store::tag_job(self.link(), id, &tags).await
    }

    pub(crate) fn config(&self, kind: &str) -> Option<&KindConfig> {
        self.shared.kinds.get(kind)
    }

    pub(crate) fn payload_bytes_max(&self) -> usize {
        self.shared.payload_bytes_max
    }

    pub(crate) fn link(&self) -> &Link {
        &self.shared.link
    }

    /// For what may have to wait for the end of somebody's transaction.
    fn patient_link(&self) -> &Link {
        &self.shared.unique_link
    }

    /// Returns the id of the job, or of the live job that has its unique key.
    async fn insert(&self, job: NewJob) -> Result<JobId> {
        if job.is_special() {
            return insist::send(self.patient_link(), job).await;
        }
        let id = job.id;
        self.shared.gatherer.insert(job).await.map(|()| id)
    }
}

/// Opens the span around the enqueue of this job, and lets its trace travel with it.
fn open_span(job: &mut NewJob) -> Span {
    let sending = Sending { kind: job.kind, queue: &job.queue, id: Some(job.id) };
    let (span, trace_context) = sending.begin();
    job.trace_context = trace_context;
    span
}

/// Enqueues in this span, which learns of an error.
async fn within<T>(span: Span, enqueue: impl Future<Output = Result<T>>) -> Result<T> {
    enqueue.instrument(span.clone()).await.inspect_err(|error| not_sent(&span, error))
}

impl std::fmt::Debug for Client {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Client")
    }
}

/// Enqueues can be made while the tower stops; only a runtime that is gone ends them.
fn stopped() -> Error {
    Error::unavailable("enqueue: the runtime in which the client was made has ended")
}
