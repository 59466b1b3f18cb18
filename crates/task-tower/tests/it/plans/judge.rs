//! What may not be seen of a hot statement.

use std::collections::BTreeSet;

use serde_json::Value;

use super::explain::{Planning, Seen, children, rows};
use super::hot::Hot;

/// Tables that stay small, and why. Whatever is not here can grow with the jobs.
const SMALL: &[(&str, &str)] = &[
    ("armed", "a row for each queue that a worker sleeps for"),
    ("flush", "two rows or three for each worker"),
    ("kind", "a row for each kind"),
    ("lane", "a row for each pair of queue and priority"),
    ("operation", "people make them, one at a time"),
    ("queue", "a row for each queue that was ever paused"),
    ("worker", "a row for each process of the last day"),
];

/// So many rows are sorted or hashed at once without anybody noticing: a few times what a call has of jobs.
const SORTED_MAX: u64 = 256;

/// A plan that is made for its values is made for the table as it is, too: of a thousand jobs it may read all, in each of
/// its parts.
const ALL_OF_FEW: u64 = 2_500;

/// Everything that is wrong, in words.
pub fn faults(hot: &Hot, planning: Planning, seen: &Seen) -> BTreeSet<String> {
    let most = if planning == Planning::Custom { hot.most.max(ALL_OF_FEW) } else { hot.most };
    let nodes = seen.plan.nodes().into_iter().map(|(_, node)| node);
    // While a partition is empty, one of its indexes is as good as the other.
    let nodes = nodes.filter(|node| planning != Planning::Custom || rows(node) > 0);
    let mut faults: BTreeSet<String> = nodes.filter_map(|node| fault_of_node(hot, node)).collect();
    faults.extend(seen.reads.iter().filter_map(|(name, read)| match read.is_table {
        true if is_small(name) || hot.reads_all.is_some() => None,
        true => Some(format!("reads the table {name} from its beginning")),
        false if is_small_index(name) => None,
        false if read.rows == 0 && planning == Planning::Custom => None,
        false if !hot.indexes.contains(&name.as_str()) => Some(format!("uses the index {name}")),
        false if hot.reads_all.is_none() && read.rows > most => {
            Some(format!("reads {} entries of {name}, of {most} at the most", read.rows))
        }
        false => None,
    }));
    faults
}

fn fault_of_node(hot: &Hot, node: &Value) -> Option<String> {
    let table = node["Relation Name"].as_str().unwrap_or_default();
    let index = node["Index Name"].as_str().unwrap_or_default();
    let kind = node["Node Type"].as_str().unwrap_or_default();
    match kind {
        "Seq Scan" | "Sample Scan" if !is_small(table) && hot.reads_all.is_none() => Some(format!("{kind} on {table}")),
        "Bitmap Heap Scan" if !is_small(table) => Some(format!("{kind} on {table}")),
        "Index Scan" | "Index Only Scan" if !is_small(table) && !hot.indexes.contains(&index) => {
            Some(format!("{kind} by {index}"))
        }
        "Sort" | "Incremental Sort" | "Hash" | "Aggregate" => {
            let taken: u64 = children(node).map(rows).sum();
            let most = hot.most.max(SORTED_MAX);
            (taken > most).then(|| format!("{kind} of {taken} rows, of {most} at the most"))
        }
        _ => None,
    }
}

fn is_small(table: &str) -> bool {
    SMALL.iter().any(|(small, _)| *small == table)
}

/// Indexes are called after their tables.
fn is_small_index(index: &str) -> bool {
    SMALL.iter().any(|(small, _)| index.strip_prefix(small).is_some_and(|rest| rest.starts_with('_')))
}
