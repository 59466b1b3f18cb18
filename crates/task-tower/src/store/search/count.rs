//! How many jobs of each state fit a filter, as far as a page can wait for it.

use chrono::Utc;

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
    /// Some jobs were not looked at.
    pub(crate) is_bounded: bool,
    /// There are more live jobs than are quickly walked.
    pub(crate) is_large: bool,
}

pub(crate) async fn count_jobs(
    readers: &Readers,
    filter: &JobFilter,
    limit: u64,
    reach: Option<u64>,
    large: u64,
) -> Result<Vec<Counted>> {
    let rows = readers.ask(&question(filter, limit, reach, large)).await?;
    let counted = rows.iter().filter_map(|row| {
        Some(Counted {
            state: questions::by_number(row.get(0))?,
            count: row.get::<_, i64>(1).unsigned_abs(),
            estimate: row.get::<_, Option<i64>>(2).map(i64::unsigned_abs),
            is_bounded: row.get(3),
            is_large: row.get(4),
        })
    });
    Ok(counted.collect())
}

pub(super) fn question(filter: &JobFilter, limit: u64, reach: Option<u64>, large: u64) -> Question {
    let mut binds = Binds::default();
    let branches = branches(filter, Utc::now(), &mut binds);
    let horizon = horizon(&branches, reach);
    let more: Vec<String> = horizon.is_some().then(within_horizon).into_iter().collect();
    let is_whole = filter.is_everything();
    let live =
        if is_whole { include_str!("../sql/count_live.sql").to_owned() } else { walked(&branches, &more, reach) };
    let of_live =
        LIVE.map(|(state, _)| row(state, &format!("(SELECT {state} FROM live)"), "(SELECT is_cut FROM live)"));
    let ended = Source::ALL.into_iter().filter_map(|source| Some((source, source.state()?)));
    let ended = ended.map(|(source, state)| row(state, &counted(&branches, source, &more, limit), "false"));
    let rows: Vec<String> = of_live.into_iter().chain(ended).collect();
    let sql = include_str!("../sql/count_jobs.sql")
        .replace("{horizon}", horizon.as_deref().unwrap_or("SELECT NULL::uuid AS id WHERE false"))
        .replace("{live}", &live)
        .replace("{counted}", &rows.join(",\n    "))
        .replace("{is_whole}", if is_whole { "true" } else { "false" })
        .replace("{limit}", &limit.to_string())
        .replace("{large}", &large.to_string());
    Question { name: "count_jobs", sql, binds }
}

/// The live jobs that fit, by state: no index tells their states apart, so all of them come out of one walk. It ends
/// after so many that fit.
fn walked(branches: &[Branch], more: &[String], reach: Option<u64>) -> String {
    let of_live = branches.iter().filter(|branch| branch.source == Source::Live);
    let parts: Vec<String> = of_live.map(|branch| branch.with_states(more)).collect();
    let found = if parts.is_empty() { "SELECT NULL::smallint AS state WHERE false".to_owned() } else { union(&parts) };
    let counts = LIVE.map(|(state, _)| format!("count(*) FILTER (WHERE state = {}) AS {state}", number(state)));
    let (end, is_cut) = match reach {
        Some(rows) => (format!(" LIMIT {rows}"), format!("count(*) >= {rows}")),
        None => (String::new(), "false".to_owned()),
    };
    format!(
        "SELECT {}, {is_cut} AS is_cut FROM (SELECT state FROM ({found}) AS found{end}) AS walked",
        counts.join(", "),
    )
}

fn row(state: JobState, count: &str, is_cut: &str) -> String {
    format!("({}::smallint, '{state}', {count}, {is_cut})", number(state))
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
