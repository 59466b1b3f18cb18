//! How long to wait before the next try: twice as long each time, with jitter, so that a fleet
//! does not come back in step.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Backoff {
    tries: u32,
    longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::up_to(LONGEST)
    }
}

impl Backoff {
    /// One whose waits end at `longest`, where 5 s would be too late.
    pub(crate) fn up_to(longest: Duration) -> Self {
        Self { tries: 0, longest: longest.min(LONGEST) }
    }

    /// Waits for half to all of 50 ms, 100 ms, … 5 s.
    pub(crate) async fn wait(&mut self) {
        tokio::time::sleep(self.next()).await;
    }

    pub(crate) fn reset(&mut self) {
        self.tries = 0;
    }

    fn next(&mut self) -> Duration {
        let step = FIRST.saturating_mul(1 << self.tries.min(10)).min(self.longest);
        self.tries = self.tries.saturating_add(1);
        step.mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_five_seconds_and_is_never_nothing() {
        let mut backoff = Backoff::default();

        let waits: Vec<Duration> = (0..20).map(|_| backoff.next()).collect();

        assert!(waits[0] >= FIRST / 2 && waits[0] <= FIRST);
        assert!(waits.iter().all(|wait| *wait <= LONGEST));
        assert!(waits[19] >= LONGEST / 2);
    }
}
