//! Sends what was gathered, or one job alone, and answers whoever waits for it.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use super::gatherer::Waiting;
use super::insist::{PATIENCE, insist};
use crate::error::{Error, Result};
use crate::store::{Heard, Link, NewJob, Remedy, insert, insert_alone, insert_publishing};

/// A job, and who waits for it.
pub(super) struct Pending {
    pub(super) job: NewJob,
    pub(super) since: Instant,
    /// It failed alone already, and nobody knows whether it arrived.
    pub(super) doubtful: bool,
    pub(super) answer: oneshot::Sender<Result<()>>,
}

/// Since when somebody waits, and by what the answer comes.
type Waiter = (Instant, oneshot::Sender<Result<()>>);

/// One of the connections, in use. It is free again when this is dropped.
pub(super) struct Line {
    link: Link,
    waiting: Arc<Waiting>,
    /// Since when it is used for what was gathered.
    began: Option<Instant>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.waiting.give_back(self.link.clone(), self.began);
    }
}

impl Line {
    pub(super) fn new(link: Link, waiting: Arc<Waiting>, began: Option<Instant>) -> Self {
        Self { link, waiting, began }
    }

    async fn insert(&self, jobs: &[NewJob]) -> std::result::Result<(), (Error, Remedy)> {
        match jobs {
            [job] => self.insert_alone(job).await,
            jobs => match self.waiting.publisher() {
                None => insert(&self.link, jobs).await,
                Some(publisher) => {
                    let queues = insert_publishing(&self.link, jobs).await?;
                    queues.into_iter().for_each(|queue| publisher.publish(queue));
                    Ok(())
                }
            },
        }
    }

    pub(super) async fn insert_alone(&self, job: &NewJob) -> std::result::Result<(), (Error, Remedy)> {
        let since = Instant::now();
        let (waiting, publisher) = (&self.waiting, self.waiting.publisher());
        match insert_alone(&self.link, job, waiting.awake.of(job), publisher.is_some()).await? {
            Heard::Awake(awake) => waiting.awake.note(job, awake, since),
            Heard::Publish => publisher.into_iter().for_each(|publisher| publisher.publish(job.queue.clone())),
            Heard::Nothing => {}
        }
        Ok(())
    }

    pub(super) async fn send(&self, requests: Vec<Pending>) {
        let doubtful = requests.iter().any(|request| request.doubtful);
        let (jobs, answers): (Vec<NewJob>, Vec<_>) =
            requests.into_iter().map(|request| (request.job, (request.since, request.answer))).unzip();
        if doubtful {
            return self.insist_on_each(jobs, answers, None).await;
        }
        match self.insert(&jobs).await {
            Ok(()) => answers.into_iter().for_each(|(_, answer)| reply(answer, Ok(()))),
            Err((error, remedy)) => self.send_singly(jobs, answers, error, remedy).await,
        }
    }

    /// One bad job must not fail its neighbors, so after a failure each goes alone.
    async fn send_singly(&self, jobs: Vec<NewJob>, answers: Vec<Waiter>, error: Error, remedy: Remedy) {
        if jobs.len() == 1 && remedy == Remedy::GiveUp {
            return answers.into_iter().zip([error]).for_each(|((_, answer), error)| reply(answer, Err(error)));
        }
        // What could not be sent at all will not be sent by asking again for each of them.
        let outage = (remedy == Remedy::Retry).then_some(error);
        self.insist_on_each(jobs, answers, outage).await;
    }

    async fn insist_on_each(&self, jobs: Vec<NewJob>, answers: Vec<Waiter>, mut outage: Option<Error>) {
        for (job, (since, answer)) in jobs.into_iter().zip(answers) {
            let result = match outage.take() {
                Some(error) if since.elapsed() > PATIENCE => Err(error),
                _ => insist(&self.link, job, since).await.map(drop),
            };
            outage = result.as_ref().err().filter(|error| error.is_unavailable()).map(again);
            reply(answer, result);
        }
    }
}

/// The same error for another caller.
fn again(error: &Error) -> Error {
    Error::unavailable(error.to_string())
}

/// A caller that no longer waits does not want to know.
fn reply(answer: oneshot::Sender<Result<()>>, result: Result<()>) {
    let _ = answer.send(result);
}
