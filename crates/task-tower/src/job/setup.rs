//! What a worker tells of its kinds when it registers, for people to read. Nothing depends on it.

use std::time::Duration;

use super::panics::guarded;
use super::registry::Kind;
use crate::record::{KindSetup, UniqueSetup};
use crate::retry::RetryPolicy;

/// The most that a worker tells of all its kinds together, in bytes of JSON: of some 800 kinds. The others are
/// left out.
const SETUPS_BYTES_MAX: usize = 256 * 1024;
/// The delays before so many retries are told.
const RETRIES_TOLD_MAX: u32 = 25;

/// In JSON, by the names of the kinds.
pub(super) fn setups<'a>(kinds: impl Iterator<Item = (&'a str, &'a Kind)>) -> String {
    let (mut told, mut bytes, mut left_out) = (Vec::new(), 2, 0);
    for (name, kind) in kinds {
        let one = format!("{}:{}", json(&name), json(&setup(kind)));
        if bytes + one.len() < SETUPS_BYTES_MAX {
            bytes += one.len() + 1;
            told.push(one);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        tracing::warn!(left_out, "this worker has too many kinds to tell how each of them is run");
    }
    format!("{{{}}}", told.join(","))
}

fn setup(kind: &Kind) -> KindSetup {
    let (options, defaults) = (&kind.config.options, &kind.defaults);
    let policy = kind.config.retry_policy.clone().unwrap_or_default();
    let max_retries = options.max_retry_count.unwrap_or(defaults.max_retries);
    KindSetup {
        queue: options.queue.clone().unwrap_or_else(|| defaults.queue.to_owned()),
        priority: options.priority.unwrap_or(defaults.priority),
        max_retries,
        timeout_ms: kind.timeout().map(milliseconds),
        retry_policy: policy.word().to_owned(),
        retry_delays_ms: delays(&policy, max_retries),
        unique: kind.config.unique.or(defaults.unique).map(|unique| storable(unique.setup())),
        interceptors: kind.config.interceptors.names(),
    }
}

/// A function of the program's own may panic for a retry that never comes: what it said until then is told.
fn delays(policy: &RetryPolicy, max_retries: u32) -> Vec<(u64, u64)> {
    let retries = 1..=max_retries.min(RETRIES_TOLD_MAX);
    let bounds = retries.map_while(|retry| guarded(|| policy.bounds(retry)).ok());
    bounds.map(|(least, most)| (milliseconds(least), milliseconds(most))).collect()
}

/// PostgreSQL cannot store a NUL.
fn storable(unique: UniqueSetup) -> UniqueSetup {
    match unique {
        UniqueSetup::Fields(fields) => {
            UniqueSetup::Fields(fields.into_iter().map(|field| field.replace('\0', "")).collect())
        }
        unique => unique,
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("names, numbers and lists of them are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_end_at_the_last_retry_and_where_the_policy_does() {
        let standard = RetryPolicy::standard();
        let short = [1, 5];
        let table = RetryPolicy::custom(move |retry| Duration::from_secs(short[retry as usize - 1]));

        assert_eq!(delays(&standard, 2), [(17_000, 46_000), (32_000, 90_000)]);
        assert_eq!(delays(&standard, 1_000).len(), RETRIES_TOLD_MAX as usize);
        assert_eq!(delays(&table, 10), [(1_000, 1_000), (5_000, 5_000)]);
    }
}
