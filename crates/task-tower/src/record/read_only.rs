//! Why a database takes no changes.

use serde::Serialize;

/// Why a database takes no changes at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReadOnly {
    /// The server is a standby: it follows another one.
    Standby,
    /// Transactions are read-only by a setting of the server, the database, the role or the connection.
    Setting,
}
