//! The values of a statement that is put together: they are bound, never written into it.

use std::time::Duration;

use tokio_postgres::types::{ToSql, Type};

type Bound = Box<dyn ToSql + Sync + Send>;

/// Values in the order of their numbers.
#[derive(Default)]
pub(crate) struct Binds {
    values: Vec<(Bound, Type)>,
}

impl Binds {
    /// Adds a value, and returns what stands for it in the statement.
    pub(super) fn add(&mut self, value: impl ToSql + Sync + Send + 'static, kind: Type) -> String {
        self.values.push((Box::new(value), kind));
        format!("${}", self.values.len())
    }

    pub(super) fn text(&mut self, text: &str) -> String {
        self.add(text.to_owned(), Type::TEXT)
    }

    pub(super) fn texts(&mut self, texts: Vec<String>) -> String {
        self.add(texts, Type::TEXT_ARRAY)
    }

    pub(super) fn interval(&mut self, duration: Duration) -> String {
        format!("make_interval(secs => {})", self.add(duration.as_secs_f64(), Type::FLOAT8))
    }

    pub(crate) fn typed(&self) -> Vec<(&(dyn ToSql + Sync), Type)> {
        self.values.iter().map(|(value, kind)| (&**value as &(dyn ToSql + Sync), kind.clone())).collect()
    }
}
