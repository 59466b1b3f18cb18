//! Transactions of sqlx 0.9.

use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, PgConnection, Postgres};

use super::{Transaction, sealed::Sealed};
use crate::error::{Error, Result};
use crate::store::{Answer, Call, Parameter, from_answer};

impl Sealed for sqlx::Transaction<'_, Postgres> {}

/// ```no_run
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
/// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
/// # async fn example(
/// #     client: task_tower::Client,
/// #     pool: sqlx::PgPool,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let mut transaction = pool.begin().await?;
/// sqlx::query("INSERT INTO users (id) VALUES ($1)").bind(1_i64).execute(&mut *transaction).await?;
/// client.enqueue(SendWelcome { user_id: 1 }).in_transaction(&mut transaction).await?;
/// transaction.commit().await?;
/// # Ok(()) }
/// ```
impl Transaction for sqlx::Transaction<'_, Postgres> {
    async fn call(&mut self, call: Call) -> Result<Option<String>> {
        let connection: &mut PgConnection = self;
        connection.call(call).await
    }
}

impl Sealed for PgConnection {}

/// For transactions that were opened by a statement of the caller's own, and for functions that are
/// given the connection.
///
/// ```no_run
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
/// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
/// async fn sign_up(
///     client: &task_tower::Client,
///     connection: &mut sqlx::PgConnection,
/// ) -> Result<(), Box<dyn std::error::Error>> {
///     client.enqueue(SendWelcome { user_id: 1 }).in_transaction(connection).await?;
///     Ok(())
/// }
/// ```
impl Transaction for PgConnection {
    async fn call(&mut self, call: Call) -> Result<Option<String>> {
        // The only part of the text that is not ours is the name of the schema, which is quoted.
        let mut query = sqlx::query_scalar(AssertSqlSafe(call.sql));
        for parameter in call.parameters {
            query = match parameter {
                Parameter::Text(text) => query.bind(text),
                Parameter::Integer(number) => query.bind(number),
            };
        }
        query.fetch_one(self).await.map_err(|error| failed(call.name, error))
    }
}

fn failed(name: &str, error: sqlx::Error) -> Error {
    let answer = error.as_database_error().and_then(|answer| answer.try_downcast_ref::<PgDatabaseError>());
    let answer =
        answer.map(|answer| Answer { code: answer.code(), message: answer.message(), detail: answer.detail() });
    from_answer(name, answer, &error).because(error)
}
