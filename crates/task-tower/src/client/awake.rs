//! Of which lanes the database said a moment ago that no worker sleeps.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

use crate::store::{ANSWER_AGE_MAX, Awake, NewJob};

/// Beyond so many lanes, answers are forgotten: whoever uses that many seldom uses one twice within that time.
const LANES_MAX: usize = 1_000;

#[derive(Default)]
pub(super) struct AwakeLanes {
    answers: Mutex<HashMap<(String, i16), Answer>>,
}

#[derive(Clone, Copy)]
struct Answer {
    awake: Awake,
    since: Instant,
}

impl AwakeLanes {
    /// The answer for the lane of this job, if it is of a moment ago. The database would take no older one.
    pub(super) fn of(&self, job: &NewJob) -> Option<Awake> {
        let answers = self.answers.lock().expect("no panic while held");
        let answer = answers.get(&lane(job))?;
        (answer.since.elapsed() < ANSWER_AGE_MAX).then_some(answer.awake)
    }

    /// What came back with this job, which was sent at `since`.
    pub(super) fn note(&self, job: &NewJob, awake: Awake, since: Instant) {
        let mut answers = self.answers.lock().expect("no panic while held");
        if answers.len() >= LANES_MAX {
            answers.clear();
        }
        answers.insert(lane(job), Answer { awake, since });
    }
}

fn lane(job: &NewJob) -> (String, i16) {
    (job.queue.clone(), job.priority)
}
