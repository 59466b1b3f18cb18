//! Time zones by their names.

use chrono_tz::{TZ_VARIANTS, Tz};

use super::fault::RecurrenceError;
use crate::config::nearest;

/// As the IANA database writes it.
pub(super) fn find(name: &str) -> Result<Tz, RecurrenceError> {
    name.parse().map_err(|_| {
        let shown: String = name.chars().take(64).collect();
        RecurrenceError::of_zone(format!("there is no time zone \"{}\"", shown.escape_debug())).suggest(meant(name))
    })
}

/// The zone that was meant: in other letters, by its city alone, or misspelled.
fn meant(name: &str) -> Option<&'static str> {
    let lower = name.trim().to_lowercase().replace(' ', "_");
    let known = || TZ_VARIANTS.iter().map(|zone| zone.name());
    let city = |zone: &str| zone.rsplit('/').next().unwrap_or(zone).to_lowercase();
    let same = || known().find(|zone| zone.to_lowercase() == lower);
    let by_city = || known().find(|zone| city(zone) == city(&lower));
    let misspelled = || {
        let lowered: Vec<String> = known().map(str::to_lowercase).collect();
        let lowered: Vec<&str> = lowered.iter().map(String::as_str).collect();
        let found = nearest(&lower, &lowered)?;
        known().find(|zone| zone.to_lowercase() == found)
    };
    // A name of any length is compared with 600 others.
    if lower.is_empty() || lower.len() > 64 { None } else { same().or_else(by_city).or_else(misspelled) }
}
