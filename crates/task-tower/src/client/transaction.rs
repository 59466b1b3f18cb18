//! Enqueueing inside a transaction that belongs to the caller, whatever driver it uses.
//!
//! There is one statement for all drivers, which calls the documented SQL function `enqueue` with
//! plain texts and numbers; an adapter only binds them.

use std::future::Future;

use crate::error::Result;
use crate::store::InsertOne;

/// A transaction of the caller's, of one of the supported drivers:
///
/// | feature | type |
/// |---|---|
/// | `tokio-postgres-0_7` | `tokio_postgres::Transaction` |
/// | `sqlx-0_9` | `sqlx::Transaction<Postgres>`, `sqlx::PgConnection` |
/// | `diesel-async-0_9` | `diesel_async::AsyncPgConnection` |
/// | `sea-orm-2` | `sea_orm::DatabaseTransaction` |
///
/// The trait is sealed. For other drivers call the SQL function `task_tower.enqueue` in your
/// transaction.
pub trait Transaction: sealed::Sealed + Send {
    /// Runs the statement in the transaction.
    #[doc(hidden)]
    fn enqueue(&mut self, statement: EnqueueStatement) -> impl Future<Output = Result<()>> + Send;
}

/// The statement, and what to bind to it in order.
#[doc(hidden)]
#[derive(Debug)]
pub struct EnqueueStatement(pub(crate) InsertOne);

impl From<InsertOne> for EnqueueStatement {
    fn from(statement: InsertOne) -> Self {
        Self(statement)
    }
}

pub(crate) mod sealed {
    /// Only the adapters in this crate.
    pub trait Sealed {}
}
