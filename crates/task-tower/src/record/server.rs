//! Which server it is, and why it takes no changes.

use serde::Serialize;

/// The PostgreSQL that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Server {
    /// Its version, such as `17.4`.
    pub postgres: String,
    /// Why it takes no changes at present; `None` when it does.
    pub read_only: Option<ReadOnly>,
}

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
