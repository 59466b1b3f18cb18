//! How many jobs of each state fit a filter, as far as a page can wait for it.

use chrono::Utc;
use uuid::Uuid;

use super::binds::Binds;
use super::plan::{Branch, branches};
use super::source::{LIVE, Source};
use super::{Question, number, union};
use crate::error::Result;
use crate::filter::JobFilter;
use crate::record::JobState;
use crate::store::{Readers, questions};

/// The jobs of one state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    pub(crate) state: JobState,
    /// Up to the limit.
    pub(crate) count: u64,
    /// What the statistics of the database tell, for a state as a whole.
    pub(crate) estimate: Option<u64>,
    /// Older jobs were not looked at.
    pub(crate) is_bounded: bool,
}

pub(crate) async fn count_jobs(
    readers: &Readers,
    filter: &JobFilter,
    limit: u64,
    reach: Option<u64>,
) -> Result<Vec<Counted>> {
    let rows = readers.ask(&question(filter, limit, reach)).await?;
    let counted = rows.iter().filter_map(|row| {
        Some(Counted {
            state: questions::by_number(row.get(0))?,
            count: row.get::<_, i64>(1).unsigned_abs(),
            estimate: row.get::<_, Option<i64>>(2).map(i64::unsigned_abs),
            is_bounded: row.get::<_, Option<Uuid>>(3).is_some(),
        })
    });
    Ok(counted.collect())
}

pub(super) fn question(filter: &JobFilter, limit: u64, reach: Option<u64>) -> Question {
    let mut binds = Binds::default();
    let branches = branches(filter, Utc::now(), &mut binds);
    let horizon = horizon(&branches, reach);
    let more: Vec<String> = horizon.is_some().then(within_horizon).into_iter().collect();
    let is_whole = filter.is_everything();
    let live = LIVE.iter().map(|(state, told)| match (is_whole, state) {
        (true, JobState::Processing) => {
            row(*state, "(SELECT coalesce(sum(busy), 0) FROM task_tower.worker WHERE ended_at IS NULL)")
        }
        _ => {
            let told = [&*more, &[format!("({told})")]].concat();
            row(*state, &counted(&branches, Source::Live, &told, limit))
        }
    });
    let ended = Source::ALL.into_iter().filter_map(|source| Some((source, source.state()?)));
    let ended = ended.map(|(source, state)| row(state, &counted(&branches, source, &more, limit)));
    let rows: Vec<String> = live.chain(ended).collect();
    let sql = include_str!("../sql/count_jobs.sql")
        .replace("{horizon}", horizon.as_deref().unwrap_or("SELECT NULL::uuid AS id WHERE false"))
        .replace("{counted}", &rows.join(",\n    "))
        .replace("{is_whole}", if is_whole { "true" } else { "false" })
        .replace("{limit}", &limit.to_string());
    Question { name: "count_jobs", sql, binds }
}

fn row(state: JobState, count: &str) -> String {
    format!("({}::smallint, '{state}', {count})", number(state))
}

fn counted(branches: &[Branch], source: Source, more: &[String], limit: u64) -> String {
    let of_source = branches.iter().filter(|branch| branch.source == source);
    let parts: Vec<String> = of_source.map(|branch| branch.counted(more)).collect();
    match parts.is_empty() {
        true => "0::bigint".to_owned(),
        false => format!("(SELECT count(*) FROM (SELECT FROM ({}) AS found LIMIT {limit}) AS counted)", union(&parts)),
    }
}

fn within_horizon() -> String {
    "id >= coalesce((SELECT id FROM horizon), '00000000-0000-0000-0000-000000000000')".to_owned()
}

fn horizon(branches: &[Branch], reach: Option<u64>) -> Option<String> {
    let rows = reach?.max(1);
    let skipped = rows - 1;
    let walked: Vec<String> = branches
        .iter()
        .filter(|branch| branch.is_bounded() && !branch.is_light && !branch.is_inverted)
        .map(|branch| branch.walked(&[], "id DESC", rows))
        .collect();
    (!walked.is_empty())
        .then(|| format!("SELECT id FROM ({}) AS walked ORDER BY id DESC OFFSET {skipped} LIMIT 1", union(&walked)))
}
