//! Calls of our documented SQL functions: on somebody else's connection, by whatever driver, or on one of ours.

use tokio_postgres::types::ToSql;

use super::fault::Remedy;
use super::link::Link;
use super::statement::Statement;
use crate::error::Error;
use crate::record::JobId;

/// A statement that calls one function, and what to bind to it, in order. Its answer is the first
/// column of its only row, as text. Public in name only: the sealed trait of the drivers takes it.
#[derive(Clone, Debug)]
pub struct Call {
    pub name: &'static str,
    pub sql: String,
    pub parameters: Vec<Parameter>,
}

/// A parameter in one of the types that every driver has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameter {
    Text(Option<String>),
    Integer(i32),
}

impl From<String> for Parameter {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl Parameter {
    fn as_sql(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Text(text) => text,
            Self::Integer(number) => number,
        }
    }
}

/// Calls the function on a connection of our own, in a transaction of its own, and returns its answer.
pub(crate) async fn call(
    link: &Link,
    statement: Statement,
    parameters: &[Parameter],
) -> std::result::Result<Option<String>, (Error, Remedy)> {
    let parameters: Vec<_> = parameters.iter().map(Parameter::as_sql).collect();
    let rows = link.attempt(statement, &parameters).await?;
    Ok(rows.first().and_then(|row| row.get(0)))
}

/// Completes a run, if it still has its job.
pub(crate) fn complete_call(sql: String, id: JobId, lease: i64, result: Option<String>) -> Call {
    let parameters = vec![id.to_string().into(), lease.to_string().into(), Parameter::Text(result)];
    Call { name: "complete", sql, parameters }
}
