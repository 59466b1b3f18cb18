//! From which level on something is logged, as people write it in files and in the environment: `"warn"`, or `"off"`.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

use crate::record::LogLevel;

const OFF: &str = "off";

pub(super) fn serialize<S: Serializer>(level: &Option<LogLevel>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level.as_ref().map_or(OFF, LogLevel::as_str))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<LogLevel>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.parse() {
        Ok(level) => Ok(Some(level)),
        Err(_) if text == OFF => Ok(None),
        Err(_) => Err(D::Error::custom(format!("{text:?} is not off, error, warn, info, debug or trace"))),
    }
}
