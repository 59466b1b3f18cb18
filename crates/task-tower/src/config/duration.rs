//! Durations as people write them in files and in the environment: `"500ms"`, `"25s"`, `"7days"`.

use std::fmt;
use std::time::Duration;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serializer};

const EXPECTED: &str = "a duration such as \"500ms\", \"1s\" or \"7days\"";

/// The units of whole seconds, largest first.
const UNITS: [(u64, &str); 4] = [(24 * 60 * 60, "days"), (60 * 60, "h"), (60, "min"), (1, "s")];

pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*duration))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_str(Reader)
}

/// The same for one that may be missing.
pub(super) mod option {
    use super::{Deserialize, Deserializer, Duration, Serializer};

    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Text(#[serde(with = "super")] Duration);

    pub(in super::super) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => super::serialize(duration, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<Text>::deserialize(deserializer)?.map(|text| text.0))
    }
}

/// In the largest unit that divides it, so that 90 days stay 90 days; what is read back is the same
/// to the nanosecond.
pub(super) fn text(duration: Duration) -> String {
    let (seconds, nanoseconds) = (duration.as_secs(), duration.subsec_nanos());
    match (whole(seconds), fraction(nanoseconds)) {
        (whole, None) => whole,
        (_, Some(fraction)) if seconds == 0 => fraction,
        (whole, Some(fraction)) => format!("{whole} {fraction}"),
    }
}

fn whole(seconds: u64) -> String {
    let fits = |unit: u64| seconds >= unit && seconds.is_multiple_of(unit);
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| fits(*unit)).unwrap_or((1, "s"));
    format!("{}{name}", seconds / unit)
}

fn fraction(nanoseconds: u32) -> Option<String> {
    let units = [(1_000_000, "ms"), (1_000, "us"), (1, "ns")];
    let (unit, name) = units.into_iter().find(|(unit, _)| nanoseconds.is_multiple_of(*unit))?;
    (nanoseconds > 0).then(|| format!("{}{name}", nanoseconds / unit))
}

struct Reader;

impl Visitor<'_> for Reader {
    type Value = Duration;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        humantime::parse_duration(text).map_err(|_| E::custom(format!("{text:?} is not {EXPECTED}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_written_in_its_largest_unit() {
        let cases = [
            (Duration::ZERO, "0s"),
            (Duration::from_millis(500), "500ms"),
            (Duration::from_millis(1_500), "1s 500ms"),
            (Duration::from_secs(25), "25s"),
            (Duration::from_secs(90), "90s"),
            (Duration::from_secs(120), "2min"),
            (Duration::from_secs(36 * 60 * 60), "36h"),
            (Duration::from_secs(90 * 24 * 60 * 60), "90days"),
            (Duration::from_nanos(1_001), "1001ns"),
        ];

        for (duration, expected) in cases {
            assert_eq!(text(duration), expected);
        }
    }

    #[test]
    fn what_is_written_is_read_back_to_the_nanosecond() {
        let odd = Duration::from_nanos(86_400_000_000_001);

        for duration in [Duration::ZERO, Duration::from_nanos(1), Duration::from_micros(15_001), odd, Duration::MAX] {
            assert_eq!(humantime::parse_duration(&text(duration)), Ok(duration), "{}", text(duration));
        }
    }
}
