//! Groups of errors as a visitor may see them. A group has a message and no job: what of it is a secret is asked of the
//! job to which it happened lately.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use task_tower::{
    Console, ERRORS_MAX, ErrorFilter, ErrorGroup, ErrorGroupDetails, ErrorPage, ErrorStatus, JobRecord, Suggestion,
};

use super::Desk;
use crate::access::Visitor;
use crate::fault::Fault;

/// So many samples are looked at for one page. Of the other groups the plain words are shown, and more the next time.
const SAMPLES_MAX: usize = 50;
/// How long a message counts that a sample has told.
const KNOWN_FOR: Duration = Duration::from_secs(60);
/// The class of what happens to the jobs of a worker that dies.
pub(crate) const WORKER_LOST: &str = "WorkerLost";
/// How many messages are kept.
const KNOWN_MAX: usize = 2_000;

/// The messages of groups as they may be shown, by fingerprint.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<HashMap<String, Message>>>);

#[derive(Clone, Debug)]
struct Message {
    text: String,
    since: Instant,
}

impl Desk {
    /// Those of the groups that this visitor may see. Words are looked for in what is shown of the groups, or one could
    /// guess what is not; so are queues, where not all are seen. The numbers do not count them.
    pub(crate) async fn error_groups(&self, filter: &ErrorFilter, visitor: &Visitor) -> Result<ErrorPage, Fault> {
        let stored = filter.clone().without_key("");
        let stored = if visitor.scope.is_all() { stored } else { stored.without_key("queue") };
        let mut page = self.console.error_groups(&stored).await?;
        self.show_all(&mut page.groups, visitor).await;
        page.groups.retain(|group| filter.fits(group));
        Ok(page)
    }

    /// Those of the last hour, the most frequent first, of those that nobody has resolved or muted.
    pub(crate) async fn errors_of_the_hour(&self, visitor: &Visitor) -> Result<ErrorPage, Fault> {
        let filter = ErrorFilter::new().status(ErrorStatus::Unresolved).limit(ERRORS_MAX);
        let mut page = self.console.error_groups(&filter).await?;
        page.groups.retain(|group| group.counts.hour > 0);
        page.groups.sort_by_key(|group| std::cmp::Reverse(group.counts.hour));
        self.show_all(&mut page.groups, visitor).await;
        Ok(page)
    }

    /// How many jobs were taken back from dead workers within the last hour, whatever became of them. Who sees a part of
    /// the jobs is not told: the number is of all of them.
    pub(crate) async fn rescued_of_the_hour(&self, visitor: &Visitor) -> Result<u64, Fault> {
        if !visitor.scope.is_all() {
            return Ok(0);
        }
        let filter: ErrorFilter = WORKER_LOST.parse().expect("a plain word is a filter");
        let groups = self.console.error_groups(&filter.limit(ERRORS_MAX)).await?.groups;
        let lost = groups.iter().filter(|group| group.class == WORKER_LOST);
        Ok(lost.map(|group| group.counts.hour).sum())
    }

    async fn show_all(&self, groups: &mut Vec<ErrorGroup>, visitor: &Visitor) {
        groups.retain(|group| visitor.scope.admits_errors(group));
        let mut samples = SAMPLES_MAX;
        for group in groups {
            self.show(group, &mut samples, visitor).await;
        }
    }

    /// One of them; `None` if there is none that this visitor may see.
    pub(crate) async fn error_group(&self, name: &str, visitor: &Visitor) -> Result<Option<ErrorGroupDetails>, Fault> {
        let mut details = match self.console.error_group(name).await {
            Err(error) if error.is_not_found() => return Ok(None),
            details => details?,
        };
        if !visitor.scope.admits_errors(&details.group) {
            return Ok(None);
        }
        // It is shown as the failure of its job, or not at all.
        details.sample = None;
        self.show(&mut details.group, &mut 1, visitor).await;
        Ok(Some(details))
    }

    /// Without secrets, and without the queues that are out of sight.
    async fn show(&self, group: &mut ErrorGroup, samples: &mut usize, visitor: &Visitor) {
        group.queues.retain(|queue| visitor.scope.admits_queue(queue));
        group.message = match self.told.recent(&group.fingerprint) {
            Some(text) => text,
            None if *samples == 0 => self.words(&group.fingerprint, &group.message),
            None => {
                *samples -= 1;
                self.ask_sample(group).await
            }
        };
    }

    async fn ask_sample(&self, group: &ErrorGroup) -> String {
        let text = match sample(&self.console, group).await {
            Some(job) => self.redact.message(&group.message, job),
            None => self.words(&group.fingerprint, &group.message),
        };
        self.told.keep(&group.fingerprint, &text);
        text
    }

    /// What was told of the group before, or else its plain words.
    fn words(&self, fingerprint: &str, message: &str) -> String {
        self.told.ever(fingerprint).unwrap_or_else(|| self.redact.plain_words(message))
    }

    /// The note of a suggestion, which has the message of a group in it.
    pub(super) fn show_note(&self, suggestion: &mut Suggestion) {
        let Some((class, message)) = suggestion.note.as_ref().and_then(|note| note.split_once(": ")) else { return };
        suggestion.note = Some(format!("{class}: {}", self.words(&suggestion.text, message)));
    }
}

/// As it is stored. Nothing of it is shown.
async fn sample(console: &Console, group: &ErrorGroup) -> Option<JobRecord> {
    console.job(group.sample_job).await.ok()
}

impl Told {
    fn recent(&self, fingerprint: &str) -> Option<String> {
        let known = self.known();
        let message = known.get(fingerprint).filter(|message| message.since.elapsed() < KNOWN_FOR);
        message.map(|message| message.text.clone())
    }

    fn ever(&self, fingerprint: &str) -> Option<String> {
        self.known().get(fingerprint).map(|message| message.text.clone())
    }

    /// When there are too many, all are asked for anew.
    fn keep(&self, fingerprint: &str, text: &str) {
        let mut known = self.known();
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert(fingerprint.to_owned(), Message { text: text.to_owned(), since: Instant::now() });
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Message>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
