//! Enqueueing inside a transaction that belongs to the caller, whatever driver it uses.
//!
//! There is one statement for all drivers, which calls the documented SQL function `enqueue` with
//! plain texts and numbers; an adapter in `drivers/` only binds them.

use std::future::Future;

use crate::error::Result;
use crate::store::InsertOne;

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
/// is open on it; where none is, the job is committed by itself.
///
/// The trait is sealed. For other drivers call the SQL function `task_tower.enqueue` in your
/// transaction.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a transaction that jobs can be enqueued in",
    label = "not a transaction of a known driver",
    note = "if it is one of tokio-postgres, sqlx, diesel-async or SeaORM, turn on the feature of task-tower that names \
            your driver's version, such as `sqlx-0_9`, and see `task_tower::Transaction` for the type to pass",
    note = "with other drivers, call the SQL function `task_tower.enqueue('kind', '{{…}}')` in the transaction"
)]
pub trait Transaction: sealed::Sealed + Send {
    /// Runs the statement in the transaction.
    #[doc(hidden)]
    fn enqueue(&mut self, statement: InsertOne) -> impl Future<Output = Result<()>> + Send;
}

pub(crate) mod sealed {
    /// Only the adapters in this crate.
    pub trait Sealed {}
}
