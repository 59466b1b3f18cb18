//! Of many lanes, those that hold anything: a claim looks into each lane that it is given.

use std::time::{Duration, Instant};

use super::engine::Engine;
use crate::error::Result;
use crate::priority::Lane;
use crate::store;

/// Fewer lanes than this are looked into one by one: 256 take half a millisecond, 10,000 take twenty (measured).
const MANY: usize = 256;
/// Where more hold jobs than this, all are looked into.
const OPEN_MAX: usize = 1_000;
/// The walk passes the entries of jobs long gone, which a pinned horizon piles up. Where it takes longer than this, and longer than
/// to look into all lanes, that is done for a while.
const WALK_MAX: Duration = Duration::from_millis(20);
const LOOK_OF_LANE: Duration = Duration::from_micros(5);
const REST: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct OpenLanes {
    rests_until: Option<Instant>,
}

impl OpenLanes {
    /// Whether it is worth while, with so many lanes.
    pub(super) fn are_walked(&self, known: usize) -> bool {
        known > MANY && self.rests_until.is_none_or(|end| Instant::now() >= end)
    }

    /// Those that hold anything; `None` where all that are known have to be looked into.
    pub(super) async fn walk(&mut self, known: usize, engine: &Engine) -> Result<Option<Vec<Lane>>> {
        if !self.are_walked(known) {
            return Ok(None);
        }
        let began = Instant::now();
        let open = store::open_lanes(&engine.work, OPEN_MAX).await?;
        if began.elapsed() > WALK_MAX.max(LOOK_OF_LANE * known as u32) {
            self.rests_until = Some(Instant::now() + REST);
        }
        Ok(Some(open).filter(|open| open.len() < OPEN_MAX))
    }
}
