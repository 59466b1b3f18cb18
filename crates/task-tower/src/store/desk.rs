//! Changes by hand: each is one transaction on a connection that is kept for them, so that what was
//! done and the note about it stand or fall together.

use std::sync::Arc;

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
}

/// A transaction. Dropped before its commit, it takes its connection with it, and leaves no trace.
pub(crate) struct Change<'a> {
    session: Session,
    kept: MutexGuard<'a, Option<Session>>,
}

impl Desk {
    pub(crate) fn new(link: Link) -> Self {
        Self { link, kept: Arc::default() }
    }

    /// Waits until the changes before it are done, and begins one.
    pub(crate) async fn begin(&self) -> Result<Change<'_>> {
        let mut kept = self.kept.lock().await;
        if let Some(session) = kept.take()
            && session.begin().await.is_ok()
        {
            return Ok(Change { session, kept });
        }
        // There was none, or it was lost since the change before.
        let session = self.link.open(None).await?;
        session.begin().await?;
        Ok(Change { session, kept })
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
        self.session.commit().await?;
        *self.kept = Some(self.session);
        Ok(())
    }
}
