//! Transactions of SeaORM 2.

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, RuntimeErr, SqlxPostgresError, Statement, Value,
};

use super::{Transaction, sealed::Sealed};
use crate::error::{Error, Result};
use crate::store::{Answer, Call, Parameter, from_answer};

impl Sealed for DatabaseTransaction {}

/// ```no_run
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize)] struct SendWelcome { user_id: i64 }
/// # impl task_tower::Job for SendWelcome { const KIND: &'static str = "send_welcome"; }
/// # async fn example(
/// #     client: task_tower::Client,
/// #     database: sea_orm::DatabaseConnection,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use sea_orm::{ConnectionTrait, TransactionTrait};
///
/// let mut transaction = database.begin().await?;
/// transaction.execute_unprepared("INSERT INTO users (id) VALUES (1)").await?;
/// client.enqueue(SendWelcome { user_id: 1 }).in_transaction(&mut transaction).await?;
/// transaction.commit().await?;
/// # Ok(()) }
/// ```
impl Transaction for DatabaseTransaction {
    async fn call(&mut self, call: Call) -> Result<Option<String>> {
        let backend = self.get_database_backend();
        if backend != DbBackend::Postgres {
            return Err(Error::invalid(format!("the transaction is one of {backend:?}, not of PostgreSQL")));
        }
        let values = call.parameters.into_iter().map(value);
        let statement = Statement::from_sql_and_values(backend, call.sql, values);
        let row = self.query_one_raw(statement).await.map_err(|error| failed(call.name, error))?;
        let answer = row.map(|row| row.try_get_by_index(0)).transpose();
        answer.map(Option::flatten).map_err(|error| failed(call.name, error))
    }
}

fn value(parameter: Parameter) -> Value {
    match parameter {
        Parameter::Text(text) => Value::String(text),
        Parameter::Integer(number) => Value::Int(Some(number)),
    }
}

fn failed(name: &str, error: DbErr) -> Error {
    let answer = postgres_error(&error);
    let answer =
        answer.map(|answer| Answer { code: answer.code(), message: answer.message(), detail: answer.detail() });
    from_answer(name, answer, &error).because(error)
}

fn postgres_error(error: &DbErr) -> Option<&SqlxPostgresError> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))
    | DbErr::Conn(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    error.as_database_error().and_then(|answer| answer.try_downcast_ref())
}
