//! Changes by hand: each is one transaction on a connection that is kept for them, so that what was
//! done and the note about it stand or fall together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, MutexGuard};
use tokio_postgres::Row;

use super::fault::from_statement;
use super::link::{Link, Parameters, Session};
use super::search::Question;
use super::statement::Statement;
use crate::error::Result;

/// Where changes are made, one after the other.
#[derive(Clone)]
pub(crate) struct Desk {
    link: Link,
    kept: Arc<Mutex<Option<Session>>>,
    /// How many were made.
    changes: Arc<AtomicU64>,
}

/// A transaction. Dropped before its commit, it takes its connection with it, and leaves no trace.
pub(crate) struct Change<'a> {
    session: Session,
    kept: MutexGuard<'a, Option<Session>>,
    changes: &'a AtomicU64,
}

impl Desk {
    pub(crate) fn new(link: Link) -> Self {
        Self { link, kept: Arc::default(), changes: Arc::default() }
    }

    /// A number that is another one once a change was made here.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// Waits until the changes before it are done, and begins one.
    pub(crate) async fn begin(&self) -> Result<Change<'_>> {
        let (mut kept, changes) = (self.kept.lock().await, &*self.changes);
        if let Some(session) = kept.take()
            && session.begin().await.is_ok()
        {
            return Ok(Change { session, kept, changes });
        }
        // There was none, or it was lost since the change before.
        let session = self.link.open(None).await?;
        session.begin().await?;
        Ok(Change { session, kept, changes })
    }
}

impl Change<'_> {
    pub(crate) async fn query(&self, statement: Statement, parameters: Parameters<'_>) -> Result<Vec<Row>> {
        let rows = self.session.query(statement, parameters).await;
        rows.map_err(|error| from_statement(statement.name, error))
    }

    /// Asks inside the change, and sees what it has changed. The question is answered by indexes, as those of
    /// [`Readers`](super::Readers) are, whatever statistics say; what is done after it is planned as ever.
    pub(crate) async fn ask(&self, question: &Question) -> Result<Vec<Row>> {
        self.session.run(question.name, "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off").await?;
        let rows = self.session.ask(question).await.map_err(|error| from_statement(question.name, error))?;
        self.session
            .run(question.name, "SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL enable_sort TO DEFAULT")
            .await?;
        Ok(rows)
    }

    pub(crate) async fn commit(mut self) -> Result<()> {
        let committed = self.session.commit().await;
        // Also when that is not known.
        self.changes.fetch_add(1, Ordering::Relaxed);
        committed?;
        *self.kept = Some(self.session);
        Ok(())
    }
}
