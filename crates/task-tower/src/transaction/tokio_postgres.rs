//! Transactions of tokio-postgres 0.7.

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, GenericClient, Transaction};

use super::sealed::Sealed;
use crate::error::Result;
use crate::store::{Call, Parameter, from_statement};

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
impl super::Transaction for Transaction<'_> {
    async fn call(&mut self, call: Call) -> Result<Option<String>> {
        run(self, call).await
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
impl super::Transaction for Client {
    async fn call(&mut self, call: Call) -> Result<Option<String>> {
        run(self, call).await
    }
}

async fn run<C: GenericClient + Sync>(connection: &C, call: Call) -> Result<Option<String>> {
    let parameters: Vec<_> = call.parameters.iter().map(typed).collect();
    // With its types given, the statement needs no preparation: one round trip instead of two.
    let rows = connection.query_typed(&call.sql, &parameters).await;
    let rows = rows.map_err(|error| from_statement(call.name, error))?;
    Ok(rows.first().and_then(|row| row.get(0)))
}

fn typed(parameter: &Parameter) -> (&(dyn ToSql + Sync), Type) {
    match parameter {
        Parameter::Text(text) => (text, Type::TEXT),
        Parameter::Integer(number) => (number, Type::INT4),
    }
}
