//! The connections that answer people: they can change nothing, and give up what takes too long.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_postgres::Row;

use super::link::{Link, Parameters};
use super::search::Question;
use super::statement::Statement;
use crate::error::Result;

/// How many: enough that one slow question does not hold up the others.
pub(crate) const READERS: usize = 2;

/// Connections for questions, opened when the first comes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Readers {
    readers: Arc<[Reader; READERS]>,
}

struct Reader {
    link: Link,
    busy: AtomicUsize,
}

/// A question under way.
struct Turn<'a> {
    reader: &'a Reader,
}

impl Readers {
    pub(crate) fn new(links: [Link; READERS]) -> Self {
        Self { readers: Arc::new(links.map(|link| Reader { link, busy: AtomicUsize::new(0) })) }
    }

    pub(crate) async fn query(&self, statement: Statement, parameters: Parameters<'_>) -> Result<Vec<Row>> {
        self.turn().reader.link.query(statement, parameters).await
    }

    pub(crate) async fn ask(&self, question: &Question) -> Result<Vec<Row>> {
        self.turn().reader.link.ask(question).await
    }

    /// Lets the connections go; the next question opens one. Those under way are answered first.
    pub(crate) async fn close(&self) {
        for reader in self.readers.iter() {
            reader.link.close().await;
        }
    }

    /// The least busy one; the second is only opened when the first is in use.
    fn turn(&self) -> Turn<'_> {
        let least = self.readers.iter().min_by_key(|reader| reader.busy.load(Ordering::Relaxed));
        Turn::new(least.expect("there are two"))
    }
}

impl<'a> Turn<'a> {
    fn new(reader: &'a Reader) -> Self {
        reader.busy.fetch_add(1, Ordering::Relaxed);
        Self { reader }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.reader.busy.fetch_sub(1, Ordering::Relaxed);
    }
}
