//! What a worker costs that has nothing to do: transactions and processor time.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio_postgres::Client;

/// Clock ticks of `/proc` in a second: 100 on every Linux.
const TICKS_PER_S: f64 = 100.0;
/// A backend that became idle keeps its counts to itself for up to this long.
const REPORT: Duration = Duration::from_secs(10);
/// How long a worker has to start: what it does once is not what it costs idle.
const START: Duration = Duration::from_secs(10);

/// What was used up to one moment.
pub(crate) struct Usage {
    transactions: i64,
    cpu_s: f64,
    at: Instant,
}

impl Usage {
    pub(crate) async fn now(probe: &Client) -> Result<Self> {
        let row = probe.query_one(include_str!("sql/transactions.sql"), &[]).await?;
        Ok(Self { transactions: row.get(0), cpu_s: cpu_s(), at: Instant::now() })
    }

    /// Transactions and percent of a processor in each second since `earlier`, but for the one
    /// transaction by which this was asked.
    pub(crate) fn since(&self, earlier: &Usage) -> [f64; 2] {
        let seconds = (self.at - earlier.at).as_secs_f64();
        let transactions = (self.transactions - earlier.transactions - 1).max(0) as f64;
        [transactions / seconds, 100.0 * (self.cpu_s - earlier.cpu_s) / seconds]
    }
}

/// Waits until what was done before is counted.
pub(crate) async fn settle() {
    tokio::time::sleep(START + REPORT).await;
}

/// Processor time of this process so far; not a number where there is no `/proc`.
fn cpu_s() -> f64 {
    std::fs::read_to_string("/proc/self/stat").ok().and_then(|text| ticks(&text)).map_or(f64::NAN, |t| t / TICKS_PER_S)
}

/// User and system time; they stand behind the name in brackets, which may hold anything.
fn ticks(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system) = (fields.next()?, fields.next()?);
    Some(user.parse::<f64>().ok()? + system.parse::<f64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_stand_behind_a_name_with_brackets() {
        let stat = "1 (a) b) S 1 2 3 4 5 6 7 8 9 10 120 30 0 0 20 0";

        assert_eq!(ticks(stat), Some(150.0));
    }
}
