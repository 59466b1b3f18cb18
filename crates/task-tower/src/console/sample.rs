//! What the newest jobs can be found by: read seldom, and kept for those who write filters meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::Mutex;

use crate::error::Result;
use crate::store::Readers;
use crate::store::search::{Newest, newest_jobs};

/// How long it is good enough.
const AGE_MAX: Duration = Duration::from_secs(10);
/// How many different tags, and values of payloads, are kept.
const KEPT_MAX: usize = 20_000;
/// How deep payloads are looked into.
const DEPTH_MAX: usize = 4;
/// Longer texts are not what people type.
const TEXT_CHARACTERS_MAX: usize = 64;

/// Takes from a job of the sample what nobody is to be told: of its kind, the payload and the tags.
pub(super) type Hide = Arc<dyn Fn(&str, &mut Value, &mut Vec<String>) + Send + Sync>;

/// A sample, and when it was taken.
type Kept = (Instant, Arc<Sample>);

/// The sample that consoles share.
#[derive(Clone, Default)]
pub(super) struct Sampler {
    kept: Arc<Mutex<Option<Kept>>>,
    hide: Option<Hide>,
}

impl Sampler {
    /// One that shares its sample with no console that tells more.
    pub(super) fn hiding(hide: Hide) -> Self {
        Self { kept: Arc::default(), hide: Some(hide) }
    }

    pub(super) async fn sample(&self, readers: &Readers) -> Result<Arc<Sample>> {
        let mut kept = self.kept.lock().await;
        if let Some((_, sample)) = kept.as_ref().filter(|(since, _)| since.elapsed() < AGE_MAX) {
            return Ok(sample.clone());
        }
        let mut newest = newest_jobs(readers).await?;
        if let Some(hide) = &self.hide {
            newest.iter_mut().for_each(|job| hide(&job.kind, job.payload.get_or_insert(Value::Null), &mut job.tags));
        }
        let sample = Arc::new(Sample::of(&newest));
        *kept = Some((Instant::now(), sample.clone()));
        Ok(sample)
    }
}

/// Who may see what was found: it is of this queue and this kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Owner {
    pub(super) queue: String,
    pub(super) kind: String,
}

/// Each with the number of jobs that have it.
#[derive(Default)]
pub(super) struct Sample {
    pub(super) jobs: u64,
    pub(super) tags: HashMap<(Owner, String), u64>,
    /// The values by their paths, as JSON.
    pub(super) values: HashMap<(Owner, Vec<String>, String), u64>,
}

impl Sample {
    fn of(newest: &[Newest]) -> Self {
        let mut sample = Self { jobs: newest.len() as u64, ..Self::default() };
        for job in newest {
            let owner = Owner { queue: job.queue.clone(), kind: job.kind.clone() };
            for tag in &job.tags {
                count(&mut sample.tags, (owner.clone(), tag.clone()));
            }
            if let Some(payload) = &job.payload {
                sample.look_into(payload, &owner, &mut Vec::new());
            }
        }
        sample
    }

    fn look_into(&mut self, value: &Value, owner: &Owner, path: &mut Vec<String>) {
        match value {
            Value::Object(fields) if path.len() < DEPTH_MAX => {
                for (name, value) in fields {
                    path.push(name.clone());
                    self.look_into(value, owner, path);
                    path.pop();
                }
            }
            Value::Object(_) | Value::Array(_) => {}
            Value::String(text) if text.chars().nth(TEXT_CHARACTERS_MAX).is_some() => {}
            _ if path.is_empty() => {}
            value => count(&mut self.values, (owner.clone(), path.clone(), value.to_string())),
        }
    }
}

fn count<T: std::hash::Hash + Eq>(counts: &mut HashMap<T, u64>, what: T) {
    if counts.len() < KEPT_MAX || counts.contains_key(&what) {
        *counts.entry(what).or_default() += 1;
    }
}
