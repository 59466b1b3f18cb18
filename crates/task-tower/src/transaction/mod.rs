//! Work inside a transaction that belongs to the caller, whatever driver it uses: a file for each.
//!
//! There is one statement for all drivers, which calls one of our documented SQL functions with
//! plain texts and numbers. An adapter binds them in the order in which they come and turns the
//! driver's error into ours; it knows nothing of jobs.

#[cfg(feature = "diesel-async-0_9")]
mod diesel_async;
#[cfg(feature = "sea-orm-2")]
mod sea_orm;
#[cfg(feature = "sqlx-0_9")]
mod sqlx;
#[cfg(feature = "tokio-postgres-0_7")]
mod tokio_postgres;

use std::future::Future;

use crate::error::Result;
use crate::store::Call;

/// A transaction of the caller's, of one of the supported drivers:
///
/// | feature | type | Rust |
/// |---|---|---|
/// | `tokio-postgres-0_7` | `tokio_postgres::Transaction`, `tokio_postgres::Client` | |
/// | `sqlx-0_9` | `sqlx::Transaction<Postgres>`, `sqlx::PgConnection` | 1.94 |
/// | `diesel-async-0_9` | `diesel_async::AsyncPgConnection` | |
/// | `sea-orm-2` | `sea_orm::DatabaseTransaction` | 1.94 |
///
/// Each has an example below, at its implementation. A connection stands for the transaction that
/// is open on it; where none is, what is done there is committed by itself.
///
/// The trait is sealed. For other drivers call the SQL functions `task_tower.enqueue` and
/// `task_tower.complete` in your transaction.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a transaction that jobs can be enqueued in",
    label = "not a transaction of a known driver",
    note = "if it is one of tokio-postgres, sqlx, diesel-async or SeaORM, turn on the feature of task-tower that names \
            your driver's version, such as `sqlx-0_9`, and see `task_tower::Transaction` for the type to pass",
    note = "with other drivers, call the SQL function `task_tower.enqueue('kind', '{{…}}')` in the transaction"
)]
pub trait Transaction: sealed::Sealed + Send {
    /// Calls the function in the transaction and returns its answer.
    #[doc(hidden)]
    fn call(&mut self, call: Call) -> impl Future<Output = Result<Option<String>>> + Send;
}

pub(crate) mod sealed {
    /// Only the adapters in this crate.
    pub trait Sealed {}
}
