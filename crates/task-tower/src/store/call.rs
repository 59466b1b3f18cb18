//! Calls of our documented SQL functions on somebody else's connection, by whatever driver.

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

/// Completes a run, if it still has its job.
pub(crate) fn complete_call(sql: String, id: JobId, lease: i64, result: Option<String>) -> Call {
    let parameters = vec![id.to_string().into(), lease.to_string().into(), Parameter::Text(result)];
    Call { name: "complete", sql, parameters }
}
