//! What the statistics have to know of a run, in eight bytes: of which series it is, how long it waited,
//! how long it took.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::record::duration_class;

/// Stands for a time that is not known.
const UNKNOWN: u64 = 0xff;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) series: u32,
    /// Classes of the histogram.
    pub(super) wait: u8,
    pub(super) run: Option<u8>,
}

impl Mark {
    pub(super) fn new(series: u32, wait: Duration) -> Self {
        Self { series, wait: duration_class(wait) as u8, run: None }
    }
}

/// A mark that the slot writes and the completer reads.
#[derive(Debug, Default)]
pub(super) struct AtomicMark(AtomicU64);

impl AtomicMark {
    pub(super) fn set(&self, mark: Mark) {
        let run = mark.run.map_or(UNKNOWN, u64::from);
        // Zero stands for no mark.
        let packed = (u64::from(mark.series) + 1) << 16 | u64::from(mark.wait) << 8 | run;
        self.0.store(packed, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> Option<Mark> {
        let packed = self.0.load(Ordering::Relaxed);
        let series = u32::try_from((packed >> 16).checked_sub(1)?).ok()?;
        let run = Some(packed & 0xff).filter(|run| *run != UNKNOWN).map(|run| run as u8);
        Some(Mark { series, wait: (packed >> 8 & 0xff) as u8, run })
    }

    pub(super) fn took(&self, time: Duration) {
        if let Some(mark) = self.get() {
            self.set(Mark { run: Some(duration_class(time) as u8), ..mark });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_as_it_was() {
        let mark = AtomicMark::default();
        assert_eq!(mark.get(), None);

        mark.set(Mark::new(0, Duration::from_millis(2)));
        mark.took(Duration::from_secs(7));

        let expected = Mark {
            series: 0,
            wait: duration_class(Duration::from_millis(2)) as u8,
            run: Some(duration_class(Duration::from_secs(7)) as u8),
        };
        assert_eq!(mark.get(), Some(expected));
    }
}
