//! A page of jobs, as far as a search may reach.

use chrono::Utc;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::binds::Binds;
use super::plan::{Branch, branches};
use super::{Question, union};
use crate::error::Result;
use crate::filter::{Cursor, JobFilter, Order};
use crate::record::{JobId, JobRecord};
use crate::store::{Readers, questions};

/// What an inverted index found is sorted up to this number; of more, the newest are met soon without it.
pub(super) const MATCHES_MAX: i64 = 10_001;

/// How far a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// How many rows it may read where no index tells which ones fit; `None` for all.
    pub(crate) rows: Option<u64>,
    /// Whether it may use the inverted index.
    pub(crate) index: bool,
    /// Whether it is the best that can be done.
    pub(crate) is_last: bool,
}

/// What a search found.
pub(crate) struct Found {
    /// In the order of the list, and one more than the page holds if there are more.
    pub(crate) jobs: Vec<JobRecord>,
    /// The job at which the search ended before it had seen everything.
    pub(crate) horizon: Option<JobId>,
    /// The inverted index found more than can be sorted; the jobs are not the page.
    pub(crate) is_too_many: bool,
}

pub(crate) async fn list_jobs(readers: &Readers, filter: &JobFilter, reach: Reach) -> Result<Found> {
    let Some(question) = question(filter, reach) else {
        return Ok(Found { jobs: Vec::new(), horizon: None, is_too_many: false });
    };
    let rows = readers.ask(&question).await?;
    let first = rows.first();
    let matched = first.map_or(0, |row| row.get::<_, i64>("matched"));
    let found = rows.iter().filter(|row| row.get::<_, Option<Uuid>>("id").is_some());
    let mut jobs: Vec<JobRecord> = found.map(questions::job).collect();
    if is_backwards(filter) {
        jobs.reverse();
    }
    let horizon = first.and_then(|row| row.get::<_, Option<Uuid>>("horizon")).map(JobId::from);
    Ok(Found { jobs, horizon, is_too_many: matched >= MATCHES_MAX })
}

fn is_backwards(filter: &JobFilter) -> bool {
    matches!(filter.cursor(), Some(Cursor::Before(_)))
}

/// The direction in which ids are walked.
#[derive(Clone, Copy)]
struct Walk {
    descending: bool,
}

impl Walk {
    fn of(filter: &JobFilter) -> Self {
        Self { descending: (filter.order() == Order::NewestFirst) != is_backwards(filter) }
    }

    fn order(self) -> &'static str {
        if self.descending { "id DESC" } else { "id" }
    }

    fn beyond(self, id: &str) -> String {
        format!("id {} {id}", if self.descending { "<" } else { ">" })
    }

    /// What workers told that they run is found however old it is.
    fn running_beyond_horizon(self) -> [String; 3] {
        let told = "SELECT unnest(worker.running) FROM task_tower.worker WHERE worker.ended_at IS NULL";
        ["state = 1".to_owned(), format!("id IN ({told})"), self.beyond("(SELECT id FROM horizon)")]
    }

    fn within_horizon(self) -> String {
        match self.descending {
            true => "id >= coalesce((SELECT id FROM horizon), '00000000-0000-0000-0000-000000000000')".to_owned(),
            false => "id <= coalesce((SELECT id FROM horizon), 'ffffffff-ffff-ffff-ffff-ffffffffffff')".to_owned(),
        }
    }
}

/// The statement; none when no job can fit.
pub(super) fn question(filter: &JobFilter, reach: Reach) -> Option<Question> {
    let mut binds = Binds::default();
    let branches = branches(filter, Utc::now(), &mut binds);
    if branches.is_empty() {
        return None;
    }
    let walk = Walk::of(filter);
    let cursor = filter.cursor().map(|(Cursor::After(id) | Cursor::Before(id))| id.as_uuid());
    let cursor: Vec<String> = cursor.map(|id| walk.beyond(&binds.add(id, Type::UUID))).into_iter().collect();
    let horizon = horizon(&branches, walk, &cursor, reach);
    let mut more = cursor;
    more.extend(horizon.is_some().then(|| walk.within_horizon()));
    let (inverted, plain): (Vec<_>, Vec<_>) =
        branches.into_iter().partition(|branch| branch.is_inverted && reach.index);
    let limit = filter.page_size() + 1;
    let (order, tail) = (walk.order(), format!("ORDER BY {} LIMIT {limit}", walk.order()));
    let mut parts: Vec<String> = plain.iter().map(|branch| format!("{} {tail}", branch.rows(&more))).collect();
    if reach.is_last && horizon.is_some() && filter.cursor().is_none() {
        let running = plain.iter().filter(|branch| branch.is_of_running);
        parts.extend(running.map(|branch| format!("{} {tail}", branch.rows(&walk.running_beyond_horizon()))));
    }
    if !inverted.is_empty() {
        parts.push(format!("SELECT id, source, finished_at FROM matched {tail}"));
    }
    let sql = include_str!("../sql/list_jobs.sql")
        .replace("{horizon}", horizon.as_deref().unwrap_or("SELECT NULL::uuid AS id WHERE false"))
        .replace("{matched}", &matched(&inverted, &more))
        .replace("{page}", &format!("SELECT id, source, finished_at FROM ({}) AS found {tail}", union(&parts)))
        .replace("{order}", order);
    Some(Question { name: "list_jobs", sql, binds })
}

/// Where the search ends: so many rows on, of all tables where rows have to be read that may not fit.
fn horizon(branches: &[Branch], walk: Walk, cursor: &[String], reach: Reach) -> Option<String> {
    let rows = reach.rows?.max(1);
    let is_found_otherwise = |branch: &&Branch| branch.is_bounded() && !(branch.is_inverted && reach.index);
    let order = walk.order();
    let walked = branches.iter().filter(is_found_otherwise).map(|branch| branch.walked(cursor, order, rows));
    let walked: Vec<String> = walked.collect();
    let skipped = rows - 1;
    (!walked.is_empty())
        .then(|| format!("SELECT id FROM ({}) AS walked ORDER BY {order} OFFSET {skipped} LIMIT 1", union(&walked)))
}

fn matched(branches: &[Branch], more: &[String]) -> String {
    if branches.is_empty() {
        return "SELECT NULL::uuid AS id, 0::smallint AS source, NULL::timestamptz AS finished_at WHERE false"
            .to_owned();
    }
    let parts: Vec<String> = branches.iter().map(|branch| branch.rows(more)).collect();
    format!("SELECT id, source, finished_at FROM ({}) AS found LIMIT {MATCHES_MAX}", union(&parts))
}

/// Whether a search may end before it has seen everything, whether the inverted index helps it, and whether
/// what it reads besides is read quickly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nature {
    pub(crate) is_inverted: bool,
    pub(crate) is_light: bool,
}

pub(crate) fn nature(filter: &JobFilter) -> Nature {
    let branches = branches(filter, Utc::now(), &mut Binds::default());
    Nature {
        is_inverted: branches.iter().any(|branch| branch.is_inverted),
        is_light: branches.iter().all(|branch| branch.is_light),
    }
}
