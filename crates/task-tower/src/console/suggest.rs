//! What may be meant by a filter that is being written.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use serde::Serialize;
use serde_json::Value as Json;

use super::Console;
use super::recurring::{RECURRING_MAX, RecurringFilter};
use super::sample::Owner;
use crate::error::Result;
use crate::filter::{
    Arg, Begun, BegunGroup, GroupKey, JobFilter, Key, Part, Text, Value, begun, begun_group, key_of_path,
};
use crate::record::{JobState, WorkerRecord};
use crate::store::{self, search};

/// The most suggestions at a time.
pub const SUGGESTIONS_MAX: usize = 20;

/// What could stand in a place of the text of a filter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Suggestions {
    /// The characters of the text whose place a suggestion takes, counted from 0: what is there already.
    pub place: Range<usize>,
    /// What could stand there, the most likely first; at most [`SUGGESTIONS_MAX`].
    pub suggestions: Vec<Suggestion>,
    /// How many of the newest jobs were looked at for them: there may be others among older jobs. `None` when
    /// these are all that there are.
    pub sampled: Option<u64>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Suggestion {
    /// What to write, with quotes where they are needed.
    pub text: String,
    /// For a field of a payload or its value: the field, from the outermost to the innermost.
    pub path: Option<Vec<String>>,
    /// For a value of a payload: that value. Whoever must not see it must not see `text` either.
    pub value: Option<Json>,
    /// What it stands for, where the text alone does not tell: class and message of a group of errors.
    pub note: Option<String>,
}

impl Suggestion {
    fn word(text: impl Into<String>) -> Self {
        Self { text: text.into(), path: None, value: None, note: None }
    }

    fn name(name: &str) -> Self {
        Self::word(Value::plain(name).to_string())
    }

    /// A field, of which so many pieces are written already; its value is to follow.
    fn field(path: Vec<String>, written: usize) -> Self {
        let before = key_of_path(Key::Args, &path[..written]).len() + 1;
        let text = format!("{}:", &key_of_path(Key::Args, &path)[before..]);
        Self { text, path: Some(path), value: None, note: None }
    }

    fn errors(group: store::FoundErrors) -> Self {
        let note = format!("{}: {}", group.class, group.message);
        Self { note: Some(note), ..Self::word(group.fingerprint) }
    }

    /// A host whose name looks like a number would be read as that of the worker.
    fn host(name: &str) -> Self {
        let quoted = name.parse::<i64>().is_ok();
        Self::word(Value { quoted, ..Value::plain(name) }.to_string())
    }

    /// Bare, unless that would be read as something else.
    fn value(path: Vec<String>, value: Json) -> Self {
        let text = match &value {
            Json::String(text) => {
                let bare = Value::plain(&**text);
                let is_text_only = Arg::read(&bare) == Arg::Is(vec![value.to_string()]);
                Value { quoted: !is_text_only, ..bare }.to_string()
            }
            other => other.to_string(),
        };
        Self { text, path: Some(path), value: Some(value), note: None }
    }
}

impl Console {
    /// What could stand in the text of a filter at the cursor, the number of characters before it: keys, states,
    /// queues, kinds, hosts of workers, recurring jobs and groups of errors (also by words of their message), and of tags, fields of
    /// payloads and their values those of the newest 10,000 jobs, which are read every ten seconds at the most. Of
    /// `within`, only its [scope](JobFilter::scoped) counts: what lies outside of it is not told.
    ///
    /// # Errors
    ///
    /// As for [`jobs`](Console::jobs).
    pub async fn suggest(&self, text: &str, cursor: usize, within: &JobFilter) -> Result<Suggestions> {
        let Begun { place, what, text } = begun(text, cursor);
        let (suggestions, sampled) = match what {
            Part::Nothing => (Vec::new(), None),
            Part::Key => (keys(&text), None),
            Part::Value(Key::State, _) => (words(&text, JobState::ALL.map(|state| state.to_string())), None),
            Part::Value(Key::Sort, _) => (words(&text, ["-created".to_owned(), "created".to_owned()]), None),
            Part::Value(Key::Queue, _) => (self.queue_names(&text, within).await?, None),
            Part::Value(Key::Kind, _) => (self.kind_names(&text, within).await?, None),
            Part::Value(Key::Worker, _) => (self.hosts(&text, within).await?, None),
            Part::Value(Key::Recurring, _) => (self.recurring_names(&text, within).await?, None),
            Part::Value(Key::Error, _) => (self.errors(&text, within).await?, None),
            Part::Value(Key::Tag, _) => self.tags(&text, within).await?,
            Part::Value(Key::Args, path) => self.values(&text, path, within).await?,
            Part::Field(path) => self.fields(&text, path, within).await?,
            Part::Value(..) => (Vec::new(), None),
        };
        Ok(Suggestions { place, suggestions, sampled })
    }

    /// The same in the text of an [`ErrorFilter`](crate::ErrorFilter): keys, and kinds, queues and versions of the newest
    /// 1,000 groups of errors within the scope.
    ///
    /// # Errors
    ///
    /// As for [`error_groups`](Console::error_groups).
    pub async fn suggest_errors(&self, text: &str, cursor: usize, within: &JobFilter) -> Result<Suggestions> {
        let Some(BegunGroup { place, key, text }) = begun_group(text, cursor) else {
            return Ok(Suggestions { place: 0..0, suggestions: Vec::new(), sampled: None });
        };
        let suggestions = match key {
            None => begun_keys(&text, GroupKey::ALL.map(|key| format!("{}:", key.as_str()))),
            Some(key) => words(&text, names_of(key, self.seen_errors("", within).await?)),
        };
        Ok(Suggestions { place, suggestions, sampled: None })
    }

    async fn queue_names(&self, text: &str, within: &JobFilter) -> Result<Vec<Suggestion>> {
        let names = self.queues().await?.into_iter().map(|queue| queue.name);
        Ok(words(text, names.filter(|name| is_among(within.scope().0, name))))
    }

    async fn kind_names(&self, text: &str, within: &JobFilter) -> Result<Vec<Suggestion>> {
        let names = search::kinds(&self.readers).await?.into_iter();
        Ok(words(text, names.filter(|name| is_among(within.scope().1, name))))
    }

    /// Those whose workers live first.
    async fn hosts(&self, text: &str, within: &JobFilter) -> Result<Vec<Suggestion>> {
        let mut known = HashSet::new();
        let workers = self.workers().await?.into_iter().filter(|worker| takes_one_of(worker, within));
        let hosts = workers.map(|worker| worker.host).filter(|host| known.insert(host.clone()));
        Ok(ranked(text, hosts).iter().map(|host| Suggestion::host(host)).collect())
    }

    async fn recurring_names(&self, text: &str, within: &JobFilter) -> Result<Vec<Suggestion>> {
        let written = |names: Option<&[Text]>| names.map(|names| names.iter().map(Text::pattern).collect());
        let (queues, kinds) = within.scope();
        let filter = RecurringFilter::new().containing(text).scoped(written(queues), written(kinds));
        let found = self.recurring_jobs(&filter.limit(RECURRING_MAX)).await?;
        let names = found.into_iter().map(|recurring| recurring.name);
        Ok(ranked(text, names).iter().map(|name| Suggestion::name(name)).collect())
    }

    /// Who sees one of the queues of a group sees it.
    async fn errors(&self, text: &str, within: &JobFilter) -> Result<Vec<Suggestion>> {
        let seen = self.seen_errors(text, within).await?.into_iter();
        Ok(seen.take(SUGGESTIONS_MAX).map(Suggestion::errors).collect())
    }

    /// Of each, only the queues within the scope.
    async fn seen_errors(&self, text: &str, within: &JobFilter) -> Result<Vec<store::FoundErrors>> {
        let (queues, kinds) = within.scope();
        let mut found = store::find_errors(&self.readers, text).await?;
        found.iter_mut().for_each(|group| group.queues.retain(|queue| is_among(queues, queue)));
        found.retain(|group| is_among(kinds, &group.kind) && !group.queues.is_empty());
        Ok(found)
    }

    async fn tags(&self, text: &str, within: &JobFilter) -> Result<Sampled> {
        let sample = self.sampler.sample(&self.readers).await?;
        let seen = sample.tags.iter().filter(|((owner, _), _)| is_seen(owner, within));
        let tags = most(seen.map(|((_, tag), count)| (tag.clone(), *count)), text, |tag| tag.clone());
        Ok((tags.iter().map(|tag| Suggestion::name(tag)).collect(), Some(sample.jobs)))
    }

    async fn fields(&self, text: &str, before: Vec<String>, within: &JobFilter) -> Result<Sampled> {
        let sample = self.sampler.sample(&self.readers).await?;
        let seen = sample.values.iter().filter(|((owner, ..), _)| is_seen(owner, within));
        let fields = seen.filter(|((_, path, _), _)| path.starts_with(&before) && path.len() > before.len());
        let fields = fields.map(|((_, path, _), count)| (path.clone(), *count));
        let fields = most(fields, text, |path| path[before.len()..].join("."));
        let written = fields.into_iter().map(|path| Suggestion::field(path, before.len()));
        Ok((written.collect(), Some(sample.jobs)))
    }

    async fn values(&self, text: &str, of: Vec<String>, within: &JobFilter) -> Result<Sampled> {
        let sample = self.sampler.sample(&self.readers).await?;
        let seen = sample.values.iter().filter(|((owner, ..), _)| is_seen(owner, within));
        let values = seen.filter(|((_, path, _), _)| *path == of);
        let values = values.map(|((.., value), count)| (value.clone(), *count));
        let values = most(values, text, |value| value.trim_matches('"').to_owned());
        let values = values.iter().filter_map(|value| serde_json::from_str(value).ok());
        Ok((values.map(|value| Suggestion::value(of.clone(), value)).collect(), Some(sample.jobs)))
    }
}

/// Suggestions from a sample of so many jobs.
type Sampled = (Vec<Suggestion>, Option<u64>);

fn keys(text: &str) -> Vec<Suggestion> {
    let written = Key::ALL.map(|key| match key {
        Key::Args => "args.".to_owned(),
        key => format!("{}:", key.as_str()),
    });
    begun_keys(text, written)
}

fn begun_keys(text: &str, keys: impl IntoIterator<Item = String>) -> Vec<Suggestion> {
    let begun = keys.into_iter().filter(|key| key.starts_with(&text.to_lowercase()));
    begun.map(Suggestion::word).collect()
}

/// What groups have of that, each once.
fn names_of(key: GroupKey, groups: Vec<store::FoundErrors>) -> BTreeSet<String> {
    let names = |group: store::FoundErrors| match key {
        GroupKey::Word => Vec::new(),
        GroupKey::Kind => vec![group.kind],
        GroupKey::Queue => group.queues,
        GroupKey::Version => group.first_version.into_iter().collect(),
    };
    groups.into_iter().flat_map(names).collect()
}

/// Those that begin like the text, then those that have it within.
fn ranked(text: &str, names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut ranked: Vec<(usize, String)> =
        names.into_iter().filter_map(|name| Some((position(&name, text)?, name))).collect();
    ranked.sort_by_key(|(position, _)| *position > 0);
    ranked.into_iter().take(SUGGESTIONS_MAX).map(|(_, name)| name).collect()
}

fn words(text: &str, names: impl IntoIterator<Item = String>) -> Vec<Suggestion> {
    ranked(text, names).iter().map(|name| Suggestion::name(name)).collect()
}

/// The same of things that are counted, the most frequent first.
fn most<T>(counted: impl Iterator<Item = (T, u64)>, text: &str, name: impl Fn(&T) -> String) -> Vec<T>
where
    T: std::hash::Hash + Ord,
{
    let mut sums: HashMap<T, u64> = HashMap::new();
    counted.for_each(|(thing, count)| *sums.entry(thing).or_default() += count);
    let mut ranked: Vec<_> = sums
        .into_iter()
        .filter_map(|(thing, count)| Some((position(&name(&thing), text)? > 0, std::cmp::Reverse(count), thing)))
        .collect();
    ranked.sort();
    ranked.into_iter().take(SUGGESTIONS_MAX).map(|(.., thing)| thing).collect()
}

fn position(name: &str, text: &str) -> Option<usize> {
    name.to_lowercase().find(&text.to_lowercase())
}

fn is_seen(owner: &Owner, within: &JobFilter) -> bool {
    let (queues, kinds) = within.scope();
    is_among(queues, &owner.queue) && is_among(kinds, &owner.kind)
}

/// Whether a worker takes such jobs. One that names no queues takes those of all.
fn takes_one_of(worker: &WorkerRecord, within: &JobFilter) -> bool {
    let takes =
        |among: Option<&[Text]>, names: &[String]| names.is_empty() || names.iter().any(|name| is_among(among, name));
    let (queues, kinds) = within.scope();
    takes(queues, &worker.queues) && takes(kinds, &worker.kinds)
}

fn is_among(names: Option<&[Text]>, name: &str) -> bool {
    names.is_none_or(|names| names.iter().any(|text| text.fits(name)))
}
