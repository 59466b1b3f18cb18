//! When a failed job runs again: a pure function of the number of failures and of chance.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// No retry waits longer than this, whatever a policy says: 30 days.
pub const RETRY_DELAY_MAX: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The highest number that chance throws.
pub(crate) const CHANCE_MAX: u32 = 29;

/// How long a failed job waits before its next run.
///
/// The default is [`RetryPolicy::standard`]. The delay is cut at 30 days.
#[derive(Clone)]
pub struct RetryPolicy(Curve);

#[derive(Clone)]
enum Curve {
    Standard,
    Custom(Arc<dyn Fn(u32) -> Duration + Send + Sync>),
}

impl RetryPolicy {
    /// `n⁴ + 15 + rand(0..=29)·n + 1` seconds before the `n`-th retry: 17–46 s before the first,
    /// two hours before the ninth, about seven hours over all ten. The curve is that of
    /// Task Tower (.NET), which has it from neoq and Sidekiq.
    #[must_use]
    pub fn standard() -> Self {
        Self(Curve::Standard)
    }

    /// The delay before the `n`-th retry (`n` starts at 1) by a function of your own. It should
    /// be quick and must not block; jitter is its own business. A worker that starts asks it once for the delay of
    /// each of the first 25 retries, so that people can see them. Where it panics, it tells no more of them, and a job
    /// waits for a minute.
    ///
    /// ```
    /// use std::time::Duration;
    /// use task_tower::RetryPolicy;
    ///
    /// let every_minute = RetryPolicy::custom(|_| Duration::from_secs(60));
    /// ```
    #[must_use]
    pub fn custom(delay: impl Fn(u32) -> Duration + Send + Sync + 'static) -> Self {
        Self(Curve::Custom(Arc::new(delay)))
    }

    /// What it is called: `standard`, or `custom`.
    pub(crate) fn word(&self) -> &'static str {
        match self.0 {
            Curve::Standard => "standard",
            Curve::Custom(_) => "custom",
        }
    }

    /// The shortest and the longest delay before the `retry`-th retry, as far as chance decides. A function is asked
    /// once, since nobody knows what else it does.
    pub(crate) fn bounds(&self, retry: u32) -> (Duration, Duration) {
        match &self.0 {
            Curve::Standard => (self.delay(retry, 0), self.delay(retry, CHANCE_MAX)),
            Curve::Custom(_) => {
                let delay = self.delay(retry, 0);
                (delay, delay)
            }
        }
    }

    /// The delay before the `retry`-th retry; `chance` is a number from 0 to [`CHANCE_MAX`].
    pub(crate) fn delay(&self, retry: u32, chance: u32) -> Duration {
        let delay = match &self.0 {
            Curve::Standard => standard(retry, chance),
            Curve::Custom(delay) => delay(retry),
        };
        delay.min(RETRY_DELAY_MAX)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::standard()
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.0 {
            Curve::Standard => "RetryPolicy::standard()",
            Curve::Custom(_) => "RetryPolicy::custom(…)",
        })
    }
}

fn standard(retry: u32, chance: u32) -> Duration {
    let n = u64::from(retry);
    Duration::from_secs(n.saturating_pow(4).saturating_add(15 + u64::from(chance) * n + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_curve_is_the_seeds() {
        let bounds = |retry| {
            let (least, most) = RetryPolicy::standard().bounds(retry);
            (least.as_secs(), most.as_secs())
        };

        assert_eq!(bounds(1), (17, 46));
        assert_eq!(bounds(2), (32, 90));
        assert_eq!(bounds(3), (97, 184));
        assert_eq!(bounds(4), (272, 388));
        assert_eq!(bounds(5), (641, 786));
    }

    #[test]
    fn no_delay_is_longer_than_thirty_days() {
        let forever = RetryPolicy::custom(|_| Duration::MAX);

        assert_eq!(forever.delay(1, 0), RETRY_DELAY_MAX);
        assert_eq!(RetryPolicy::standard().delay(u32::MAX, 29), RETRY_DELAY_MAX);
    }
}
