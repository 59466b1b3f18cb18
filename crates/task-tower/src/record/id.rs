//! Ids: those of jobs and batches are UUIDs v7 made by the client, a worker's a 64-bit number given by the database.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;

/// Defines an id that is a UUID v7, made by the client before the insert. `$name` is what it is of, in errors.
macro_rules! uuid_id {
    ($(#[$attribute:meta])* $id:ident, $name:literal) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $id(Uuid);

        impl $id {
            pub(crate) fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id as a plain UUID.
            #[must_use]
            pub fn as_uuid(&self) -> Uuid {
                self.0
            }

            /// The last six characters, which is how lists show an id: the heads of UUIDs v7 that were
            /// made in the same minute are all alike.
            #[must_use]
            pub fn short(&self) -> String {
                let text = self.0.simple().to_string();
                text[text.len() - 6..].to_owned()
            }
        }

        impl From<Uuid> for $id {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl FromStr for $id {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                let id = Uuid::parse_str(text).map(Self);
                id.map_err(|_| Error::invalid(format!("{} id \"{}\" is not a UUID", $name, text.escape_debug())))
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }
    };
}

uuid_id! {
    /// The id of a job: a UUID v7, made by the client before the insert, so that it is known at once
    /// and sorts in the order of creation.
    JobId, "job"
}

uuid_id! {
    /// The id of a batch: a UUID v7, made by the client, as a [`JobId`] is.
    BatchId, "batch"
}

/// The id of a worker: a new one each time a process starts to work, never used again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkerId(pub(crate) i64);

impl WorkerId {
    /// The id as a number.
    #[must_use]
    pub fn as_i64(&self) -> i64 {
        self.0
    }
}

impl FromStr for WorkerId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let number = text.parse().map(Self);
        number.map_err(|_| Error::invalid(format!("worker id \"{}\" is not a number", text.escape_debug())))
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}
