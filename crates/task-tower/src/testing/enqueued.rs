//! Assertions about what has been enqueued.

use std::future::Future;
use std::panic::Location;

use super::bed::TestBed;
use crate::job::{Job, encode};
use crate::record::JobRecord;
use crate::store;

/// How many jobs the message of a failed assertion lists, and how long each may be.
const LISTED_MAX: usize = 20;
const LISTED_LENGTH_MAX: usize = 300;

impl TestBed {
    /// Asserts that there is a job of this kind with exactly this payload, compared as JSON values:
    /// waiting, running or ended, whoever enqueued it. Returns the newest, to look at its queue, tags,
    /// state or result.
    ///
    /// # Panics
    ///
    /// When there is none, with the list of the jobs of this kind.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
    /// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
    /// # async fn example(bed: task_tower::testing::TestBed) {
    /// let job = bed.assert_enqueued(&SendWelcome { user_id: 1 }).await;
    /// assert_eq!((job.queue.as_str(), job.tags.len()), ("mail", 1));
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_enqueued<J: Job>(&self, job: &J) -> impl Future<Output = JobRecord> + Send + use<'_, J> {
        let search = Search::new(self, job);
        async move {
            let found = search.run().await;
            let newest = found.iter().rev().find(|(_, same)| *same);
            newest.map(|(job, _)| job.clone()).unwrap_or_else(|| search.fail("there is no job", &found))
        }
    }

    /// Asserts that there is no job of this kind with exactly this payload, whatever its state.
    ///
    /// # Panics
    ///
    /// When there is one, with the list of the jobs of this kind.
    #[track_caller]
    pub fn assert_not_enqueued<J: Job>(&self, job: &J) -> impl Future<Output = ()> + Send + use<'_, J> {
        let search = Search::new(self, job);
        async move {
            let found = search.run().await;
            if found.iter().any(|(_, same)| *same) {
                search.fail("there is a job", &found)
            }
        }
    }

    /// All jobs of a kind, whatever their state, in the order in which they were enqueued.
    ///
    /// # Panics
    ///
    /// When the payload of one does not decode.
    ///
    /// ```no_run
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
    /// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
    /// # async fn example(bed: task_tower::testing::TestBed) {
    /// assert!(bed.enqueued::<SendWelcome>().await.is_empty());
    /// # }
    /// ```
    pub async fn enqueued<J: Job>(&self) -> Vec<J> {
        let found = self.expect("look for jobs", store::jobs_of_kind(&self.link, J::KIND, "null").await);
        found.into_iter().map(|(job, _)| decode(job)).collect()
    }
}

fn decode<J: Job>(job: JobRecord) -> J {
    let (id, shown) = (job.id, cut(job.payload.to_string()));
    serde_json::from_value(job.payload)
        .unwrap_or_else(|error| panic!("the payload of job {id}, {shown}, is no \"{}\": {error}", J::KIND))
}

/// What is looked for, and where in the test.
struct Search<'a> {
    bed: &'a TestBed,
    kind: &'static str,
    payload: String,
    place: &'static Location<'static>,
}

impl<'a> Search<'a> {
    #[track_caller]
    fn new<J: Job>(bed: &'a TestBed, job: &J) -> Self {
        let payload = match encode(job, usize::MAX) {
            Ok(payload) => payload,
            Err(error) => panic!("{error}"),
        };
        Self { bed, kind: J::KIND, payload, place: Location::caller() }
    }

    /// All of the kind, each with whether it is the one.
    async fn run(&self) -> Vec<(JobRecord, bool)> {
        self.bed.expect("look for jobs", store::jobs_of_kind(&self.bed.link, self.kind, &self.payload).await)
    }

    /// The panic is in a future, so its message has to name the place.
    fn fail(&self, what: &str, found: &[(JobRecord, bool)]) -> ! {
        panic!(
            "{}: {what} of kind \"{}\" with the payload {}\n{}",
            self.place,
            self.kind,
            cut(self.payload.clone()),
            list(found)
        )
    }
}

fn list(found: &[(JobRecord, bool)]) -> String {
    let mut lines = vec![match found.len() {
        0 => "there is none of this kind at all".to_owned(),
        count => format!("of this kind there are {count}:"),
    }];
    lines.extend(found.iter().take(LISTED_MAX).map(|(job, _)| line(job)));
    if found.len() > LISTED_MAX {
        lines.push("  …".to_owned());
    }
    lines.join("\n")
}

fn line(job: &JobRecord) -> String {
    let JobRecord { id, state, queue, tags, payload, .. } = job;
    let tags = if tags.is_empty() { String::new() } else { format!(", tagged {}", tags.join(", ")) };
    format!("  {}  {state} in queue \"{queue}\"{tags} (job {id})", cut(payload.to_string()))
}

fn cut(text: String) -> String {
    match text.char_indices().nth(LISTED_LENGTH_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
