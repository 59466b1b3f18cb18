//! Transactions of diesel-async 0.9.

use diesel::pg::Pg;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Integer, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::{Transaction, sealed::Sealed};
use crate::error::{Error, Result};
use crate::store::{Answer, Call, Parameter, from_answer};

impl Sealed for AsyncPgConnection {}

/// ```no_run
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
/// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
/// # type Failure = Box<dyn std::error::Error + Send + Sync>;
/// # async fn example(
/// #     client: task_tower::Client,
/// #     mut connection: diesel_async::AsyncPgConnection,
/// # ) -> Result<(), Failure> {
/// use diesel_async::{AsyncConnection, RunQueryDsl};
///
/// connection
///     .transaction::<_, Failure, _>(async |connection| {
///         diesel::sql_query("INSERT INTO users (id) VALUES (1)").execute(connection).await?;
///         client.enqueue(SendWelcome { user_id: 1 }).in_transaction(connection).await?;
///         Ok(())
///     })
///     .await?;
/// # Ok(()) }
/// ```
impl Transaction for AsyncPgConnection {
    async fn call(&mut self, call: Call) -> Result<Option<String>> {
        let mut query = diesel::sql_query(call.sql).into_boxed::<Pg>();
        for parameter in call.parameters {
            query = match parameter {
                Parameter::Text(text) => query.bind::<Nullable<Text>, _>(text),
                Parameter::Integer(number) => query.bind::<Integer, _>(number),
            };
        }
        match query.get_result::<Row>(self).await {
            Ok(row) => Ok(row.answer),
            // An empty query succeeds even in an aborted transaction, if anybody is there.
            Err(error) => Err(failed(call.name, error, self.batch_execute("").await.is_ok())),
        }
    }
}

/// The only row of a call.
#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    answer: Option<String>,
}

fn failed(name: &str, error: DieselError, connected: bool) -> Error {
    let answer = match &error {
        DieselError::DatabaseError(kind, answer) if connected => {
            Some(Answer { code: code(*kind, &**answer), message: answer.message(), detail: answer.details() })
        }
        _ => None,
    };
    from_answer(name, answer, &error).because(error)
}

/// Diesel keeps the SQLSTATE to itself. What matters to us shows in other ways: only the refusals
/// of our SQL functions name a column, a constraint or a table without a constraint being violated.
fn code(kind: DatabaseErrorKind, answer: &(dyn DatabaseErrorInformation + Send + Sync)) -> &'static str {
    match kind {
        DatabaseErrorKind::SerializationFailure => "40001",
        DatabaseErrorKind::ReadOnlyTransaction => "25006",
        DatabaseErrorKind::Unknown if answer.column_name().is_some() => "22023",
        DatabaseErrorKind::Unknown if answer.constraint_name().is_some() => "55000",
        DatabaseErrorKind::Unknown if answer.table_name().is_some() => "P0002",
        _ => "XX000",
    }
}
