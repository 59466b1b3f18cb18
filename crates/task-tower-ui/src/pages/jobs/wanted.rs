//! What the address of the list asks for, and the addresses of lists beside it.

use serde::Deserialize;
use task_tower::{JobFilter, JobId};

use super::columns::Columns;
use crate::fault::Fault;
use crate::links;
use crate::messages::Markup;

/// What is left empty asks for nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// The filter.
    pub(super) q: String,
    /// What the filter box was given beside it.
    pub(super) add: String,
    pub(super) cols: String,
    pub(super) after: String,
    pub(super) before: String,
    /// The newest job that a living page shows: those that came later are only counted.
    pub(super) upto: String,
    /// Whether everything is searched, however long it takes.
    pub(super) all: String,
    #[serde(flatten)]
    pub(super) older: Older,
    #[serde(flatten)]
    pub(super) news: News,
}

/// How the address was written before there was a filter language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Older {
    state: String,
    queue: String,
    kind: String,
    tag: String,
}

/// What was done a moment ago.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct News {
    pub(super) done: String,
    pub(super) jobs: String,
    pub(super) skipped: String,
    pub(super) operation: String,
}

impl Older {
    /// The same as terms of a filter; nothing when nothing was asked for.
    pub(super) fn terms(&self) -> String {
        let name = |name: &str, filter: fn(JobFilter, String) -> JobFilter| {
            let name = name.trim().to_owned();
            if name.is_empty() { String::new() } else { filter(JobFilter::new(), name).to_string() }
        };
        let state = self.state.trim();
        let state = if state.is_empty() { String::new() } else { format!("state:{state}") };
        let terms = [
            state,
            name(&self.queue, JobFilter::queue),
            name(&self.kind, JobFilter::kind),
            name(&self.tag, JobFilter::tag),
        ];
        terms.into_iter().filter(|term| !term.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl Wanted {
    /// Where on the way through the list the page lies.
    pub(super) fn page(&self, filter: JobFilter) -> Result<JobFilter, Fault> {
        let id = |text: &str| text.parse::<JobId>().map_err(Fault::from);
        let filter = if self.is_exhaustive() { filter.exhaustive() } else { filter };
        match (self.after.as_str(), self.before.as_str(), self.upto.as_str()) {
            ("", "", "") => Ok(filter),
            ("", "", upto) => Ok(filter.after(following(id(upto)?)?)),
            ("", before, _) => Ok(filter.before(id(before)?)),
            (after, _, _) => Ok(filter.after(id(after)?)),
        }
    }

    pub(super) fn upto(&self) -> Result<Option<JobId>, Fault> {
        if self.upto.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.upto.parse()?))
    }

    pub(super) fn is_exhaustive(&self) -> bool {
        self.all == "1"
    }

    pub(super) fn is_first(&self) -> bool {
        self.after.is_empty() && self.before.is_empty()
    }

    /// The first page of this list.
    pub(super) fn list(&self) -> String {
        links::with(&[("q", &self.q), ("cols", &self.cols)])
    }

    /// The list of another filter, looking the same.
    pub(super) fn link(&self, filter: &JobFilter) -> String {
        links::with(&[("q", &filter.to_string()), ("cols", &self.cols)])
    }

    /// This list with other columns.
    pub(super) fn with_columns(&self, columns: &Columns) -> String {
        links::with(&[
            ("q", &self.q),
            ("cols", &columns.to_string()),
            ("all", &self.all),
            ("after", &self.after),
            ("before", &self.before),
        ])
    }

    /// This list, from another job on: `key` is `after` or `before`, or empty for its beginning.
    pub(super) fn at(&self, key: &str, id: &str) -> String {
        links::with(&[("q", &self.q), ("cols", &self.cols), ("all", &self.all), (key, id)])
    }

    /// The same list, searched to its end.
    pub(super) fn exhaustively(&self) -> String {
        links::with(&[
            ("q", &self.q),
            ("cols", &self.cols),
            ("all", "1"),
            ("after", &self.after),
            ("before", &self.before),
        ])
    }

    /// This list as fields of a form.
    pub(super) fn fields(&self) -> Vec<(&'static str, &str)> {
        let fields = [
            ("q", self.q.as_str()),
            ("cols", &self.cols),
            ("all", &self.all),
            ("after", &self.after),
            ("before", &self.before),
        ];
        fields.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The same list, with what was done.
    pub(super) fn telling(&self, news: &[(&'static str, String)]) -> String {
        let news = news.iter().map(|(name, value)| (*name, value.as_str()));
        links::with(&self.fields().into_iter().chain(news).collect::<Vec<_>>())
    }

    /// What may have been meant, as a link to the list of the filter that has it.
    pub(super) fn suggestion(&self, q: &str, word: &str) -> Markup {
        Markup::link(&links::with(&[("q", q), ("cols", &self.cols)]), word)
    }
}

/// The id that stands right before this one in a list, newest first.
fn following(id: JobId) -> Result<JobId, Fault> {
    Ok(format!("{:032x}", id.as_uuid().as_u128().saturating_add(1)).parse()?)
}
