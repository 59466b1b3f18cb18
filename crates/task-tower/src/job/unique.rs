//! What makes two jobs of a kind the same, so that only one of them lives at a time.

use crate::error::{Error, Result};
use crate::record::UniqueSetup;
use crate::store::UniqueKey;

/// The longest unique key, in bytes.
pub const UNIQUE_KEY_BYTES_MAX: usize = 200;

/// What makes two jobs of a kind the same, so that only one of them lives at a time.
///
/// A job lives while it is scheduled, enqueued or processing, and while it waits for a retry after a
/// failure. An enqueue that finds such a job inserts nothing and answers its id. When that job has
/// completed, died or been cancelled, the next enqueue makes a new one. Jobs of different kinds are never
/// the same.
///
/// Said in [`Job::UNIQUE`](crate::Job::UNIQUE), in [`KindConfig::unique`](crate::KindConfig::unique), or on
/// the call by [`unique`](crate::Request::unique). The call can also name the key itself, by
/// [`unique_key`](crate::Request::unique_key).
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use task_tower::{Job, Unique};
///
/// #[derive(Serialize, Deserialize)]
/// struct SyncUser {
///     user_id: i64,
///     reason: String,
/// }
///
/// impl Job for SyncUser {
///     const KIND: &'static str = "sync_user";
///     const UNIQUE: Option<Unique> = Some(Unique::by_fields(&["user_id"]));
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unique(By);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Payload,
    Fields(&'static [&'static str]),
    Kind,
}

impl Unique {
    /// Jobs with the same payload are the same. The order of its fields does not matter.
    #[must_use]
    pub const fn by_payload() -> Self {
        Self(By::Payload)
    }

    /// Jobs that agree in these top-level fields of the payload, as they are called in its JSON, are the
    /// same. A field that a payload does not have counts as null.
    #[must_use]
    pub const fn by_fields(fields: &'static [&'static str]) -> Self {
        Self(By::Fields(fields))
    }

    /// All jobs of the kind are the same: one at a time.
    #[must_use]
    pub const fn by_kind() -> Self {
        Self(By::Kind)
    }

    pub(crate) fn check(self) -> Result<()> {
        self.key().map(drop)
    }

    pub(crate) fn setup(self) -> UniqueSetup {
        match self.0 {
            By::Payload => UniqueSetup::Payload,
            By::Fields(fields) => UniqueSetup::Fields(fields.iter().map(|field| (*field).to_owned()).collect()),
            By::Kind => UniqueSetup::Kind,
        }
    }

    pub(crate) fn key(self) -> Result<UniqueKey> {
        match self.0 {
            By::Payload => Ok(UniqueKey::Of(&[])),
            By::Fields([]) => Err(Error::invalid("unique: by_fields names no field; by_kind may be meant")),
            By::Fields(fields) => Ok(UniqueKey::Of(fields)),
            By::Kind => Ok(UniqueKey::Is("*".to_owned())),
        }
    }
}

/// The same rule as in the SQL function `enqueue`.
pub(crate) fn check_unique_key(key: &str) -> Result<()> {
    if key.is_empty() || key.len() > UNIQUE_KEY_BYTES_MAX {
        return Err(Error::invalid(format!(
            "unique_key has {} bytes, 1 to {UNIQUE_KEY_BYTES_MAX} are allowed",
            key.len()
        )));
    }
    match key.chars().any(char::is_control) {
        true => Err(Error::invalid("unique_key has a control character in it")),
        false => Ok(()),
    }
}
