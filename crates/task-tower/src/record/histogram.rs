//! How often something took how long: numbers in classes that grow by half, and what can be told from them.

use std::time::Duration;

use serde::Serialize;

/// How many classes there are. The last one begins at three days; lists in the database end at their last
/// number, so that classes nobody needs cost nothing.
pub(crate) const CLASSES: usize = 56;
/// The end of the first class, in nanoseconds.
const FIRST_END: u64 = 100_000;
/// The ends of all but the last class, each half as much again as the one before.
const ENDS: [u64; CLASSES - 1] = ends();

const fn ends() -> [u64; CLASSES - 1] {
    let mut ends = [FIRST_END; CLASSES - 1];
    let mut number = 1;
    while number < ends.len() {
        ends[number] = ends[number - 1] / 2 * 3;
        number += 1;
    }
    ends
}

/// How often something took how long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Histogram(Vec<u64>);

/// Of all, half, 95 of a hundred and 99 of a hundred took at most so long. They are told from classes that
/// grow by half, so they may be off by a fifth, and by
/// half where nearly all took equally long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Percentiles {
    /// The median.
    pub p50: Duration,
    /// Only five of a hundred took longer.
    pub p95: Duration,
    /// Only one of a hundred took longer.
    pub p99: Duration,
}

/// The class of a duration.
pub(crate) fn duration_class(time: Duration) -> usize {
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    ENDS.partition_point(|end| *end <= nanoseconds)
}

/// Where a class begins and ends. The last one has no end; it is taken for as wide as the others.
pub(crate) fn bounds(class: usize) -> (Duration, Duration) {
    let begin = class.checked_sub(1).map_or(0, |before| ENDS[before.min(ENDS.len() - 1)]);
    let end = ENDS.get(class).copied().unwrap_or(begin / 2 * 3);
    (Duration::from_nanos(begin), Duration::from_nanos(end))
}

impl Histogram {
    pub(crate) fn add(&mut self, class: usize, count: u64) {
        if self.0.len() <= class {
            self.0.resize(class + 1, 0);
        }
        self.0[class] += count;
    }

    pub(crate) fn add_all(&mut self, other: &[i32]) {
        let counts = other.iter().take(CLASSES).enumerate();
        counts.for_each(|(class, count)| self.add(class, u64::from(count.unsigned_abs())));
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        other.0.iter().enumerate().for_each(|(class, count)| self.add(class, *count));
    }

    /// Without the zeros at the end.
    pub(crate) fn counts(&self) -> &[u64] {
        &self.0
    }

    pub(crate) fn percentiles(&self) -> Option<Percentiles> {
        let all: u64 = self.0.iter().sum();
        let at = |share| self.quantile(all, share);
        (all > 0).then(|| Percentiles { p50: at(0.5), p95: at(0.95), p99: at(0.99) })
    }

    /// Interpolated within the class, where the logarithm is taken to be evenly spread.
    fn quantile(&self, all: u64, share: f64) -> Duration {
        let wanted = all as f64 * share;
        let mut below = 0.0;
        for (class, count) in self.0.iter().enumerate().filter(|(_, count)| **count > 0) {
            let here = *count as f64;
            if below + here >= wanted {
                return within(class, (wanted - below) / here);
            }
            below += here;
        }
        bounds(self.0.len()).0
    }
}

fn within(class: usize, part: f64) -> Duration {
    let (begin, end) = bounds(class);
    match begin.is_zero() {
        true => end.mul_f64(part),
        false => begin.mul_f64((end.as_secs_f64() / begin.as_secs_f64()).powf(part)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times: &[Duration]) -> Histogram {
        let mut histogram = Histogram::default();
        times.iter().for_each(|time| histogram.add(duration_class(*time), 1));
        histogram
    }

    /// Any length from a microsecond to a week, each order of magnitude as likely.
    fn any(dice: &mut fastrand::Rng) -> Duration {
        Duration::from_secs_f64(10f64.powf(dice.f64() * 11.8 - 6.0))
    }

    #[test]
    fn a_duration_lies_within_its_class() {
        let mut dice = fastrand::Rng::with_seed(1);
        for _ in 0..100_000 {
            let time = any(&mut dice);
            let class = duration_class(time);
            let (begin, end) = bounds(class);
            assert!(
                begin <= time && (time < end || class == CLASSES - 1),
                "{time:?} is in {class}: {begin:?} to {end:?}"
            );
        }
    }

    #[test]
    fn classes_adjoin_and_grow_by_half() {
        for class in 1..CLASSES {
            let (begin, end) = bounds(class);
            assert_eq!(bounds(class - 1).1, begin);
            assert!((end.as_secs_f64() / begin.as_secs_f64() - 1.5).abs() < 0.001, "{begin:?} to {end:?}");
        }
        assert!(bounds(CLASSES - 1).0 > Duration::from_secs(3 * 24 * 60 * 60));
    }

    #[test]
    fn percentiles_are_off_by_a_fifth_where_times_are_spread_and_by_half_at_the_worst() {
        let mut dice = fastrand::Rng::with_seed(2);
        for _ in 0..300 {
            let (middle, width) = (dice.f64() * 8.0 - 3.5, dice.f64() * 1.5);
            let mut draw = || Duration::from_secs_f64(10f64.powf(middle + width * (dice.f64() + dice.f64() - 1.0)));
            let mut times: Vec<Duration> = (0..5_000).map(|_| draw()).collect();
            times.sort_unstable();
            let told = of(&times).percentiles().unwrap();
            for (told, rank) in [(told.p50, 2_500), (told.p95, 4_750), (told.p99, 4_950)] {
                let exact = times[rank - 1];
                let off = told.as_secs_f64() / exact.as_secs_f64();
                let limit = if width > 0.75 { 1.2 } else { 1.501 };
                let tiny = exact < bounds(1).0;
                assert!(tiny || (1.0 / limit..=limit).contains(&off), "{told:?} for {exact:?}, spread by {width}");
            }
        }
    }

    #[test]
    fn percentiles_never_fall_and_stay_between_the_least_and_the_most() {
        let mut dice = fastrand::Rng::with_seed(3);
        for _ in 0..2_000 {
            let times: Vec<Duration> = (0..dice.usize(1..40)).map(|_| any(&mut dice)).collect();
            let told = of(&times).percentiles().unwrap();
            let classes = times.iter().map(|time| duration_class(*time));
            let (least, most) = (classes.clone().min().unwrap(), classes.max().unwrap());
            assert!(told.p50 <= told.p95 && told.p95 <= told.p99, "{told:?}");
            // A rounded logarithm may miss by some nanoseconds.
            assert!(bounds(least).0 <= told.p50 && told.p99 <= bounds(most).1 + Duration::from_micros(1), "{told:?}");
        }
    }

    #[test]
    fn nothing_has_no_percentiles() {
        assert_eq!(Histogram::default().percentiles(), None);
    }
}
