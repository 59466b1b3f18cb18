//! Transactions of tokio-postgres 0.7.

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, GenericClient, Transaction};

use crate::client::transaction::{self, sealed::Sealed};
use crate::error::Result;
use crate::store::{InsertOne, Parameter, from_statement};

impl Sealed for Transaction<'_> {}

/// ```no_run
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
/// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
/// # async fn example(
/// #     client: task_tower::Client,
/// #     mut database: tokio_postgres::Client,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let mut transaction = database.transaction().await?;
/// transaction.execute("INSERT INTO users (id) VALUES ($1)", &[&1_i64]).await?;
/// client.enqueue(SendWelcome { user_id: 1 }).in_transaction(&mut transaction).await?;
/// transaction.commit().await?;
/// # Ok(()) }
/// ```
impl transaction::Transaction for Transaction<'_> {
    async fn enqueue(&mut self, statement: InsertOne) -> Result<()> {
        run(self, statement).await
    }
}

impl Sealed for Client {}

/// For transactions that were opened by a statement of the caller's own.
///
/// ```no_run
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
/// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
/// # async fn example(
/// #     client: task_tower::Client,
/// #     mut database: tokio_postgres::Client,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// database.batch_execute("BEGIN").await?;
/// client.enqueue(SendWelcome { user_id: 1 }).in_transaction(&mut database).await?;
/// database.batch_execute("COMMIT").await?;
/// # Ok(()) }
/// ```
impl transaction::Transaction for Client {
    async fn enqueue(&mut self, statement: InsertOne) -> Result<()> {
        run(self, statement).await
    }
}

async fn run<C: GenericClient + Sync>(connection: &C, statement: InsertOne) -> Result<()> {
    let parameters: Vec<_> = statement.parameters.iter().map(typed).collect();
    // With its types given, the statement needs no preparation: one round trip instead of two.
    let answer = connection.query_typed(&statement.sql, &parameters).await;
    answer.map(drop).map_err(|error| from_statement("enqueue", error))
}

fn typed(parameter: &Parameter) -> (&(dyn ToSql + Sync), Type) {
    match parameter {
        Parameter::Text(text) => (text, Type::TEXT),
        Parameter::Integer(number) => (number, Type::INT4),
    }
}
