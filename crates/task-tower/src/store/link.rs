//! A connection that comes back. Any number of tasks share one: their statements are pipelined.
//!
//! A link never waits for the database to return: whoever uses it gets an error at once and
//! decides when to try again. It reports each outage once.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

use super::address::Address;
use super::fault::{self, Remedy};
use super::inbox::Inbox;
use super::outage::Outage;
use super::schema::Schema;
use super::search::Question;
use super::statement::Statement;
use crate::error::{Error, Result};

/// Longer than any of our statements takes; shorter than a worker may be silent would be too
/// strict for a rescue that reads a large table.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// What a connection is for: it decides its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The engine's own statements, whose plans must not depend on statistics: a plan made while
    /// the table was empty would be a sequential scan, and would stay.
    Work,
    /// Enqueues. What they ask beside inserting does not read a table from its beginning either.
    Enqueue,
    /// Questions of people, and upkeep that reads whole tables.
    Ask,
    /// Changes that people make. They do not wait long for rows that somebody else holds.
    Change,
    /// Questions of people: they can change nothing, and nobody waits for them for long.
    Read,
    /// A look at how everything fares: it changes nothing, and ends soon. As [`Work`](Purpose::Work), it must not
    /// read a large table from its beginning for want of statistics.
    Examine,
    /// Unique enqueues. One that waits for somebody's open transaction would hold up those behind it, so it
    /// gives up soon and is tried again.
    Unique,
}

impl Purpose {
    fn settings(self) -> &'static str {
        match self {
            Purpose::Work => include_str!("settings/work.sql"),
            Purpose::Enqueue => include_str!("settings/enqueue.sql"),
            Purpose::Ask => include_str!("settings/ask.sql"),
            Purpose::Change => include_str!("settings/change.sql"),
            Purpose::Read => include_str!("settings/read.sql"),
            Purpose::Examine => include_str!("settings/examine.sql"),
            Purpose::Unique => include_str!("settings/unique.sql"),
        }
    }
}

/// Whatever it is, it is dropped with the last that holds it.
pub(crate) type Keep = Option<Arc<dyn Any + Send + Sync>>;

#[derive(Clone)]
pub(crate) struct Link {
    shared: Arc<Shared>,
}

struct Shared {
    /// Something that lasts as long as anybody can reach the schema.
    _keep: Keep,
    address: Address,
    schema: Schema,
    purpose: Purpose,
    outage: Arc<Outage>,
    session: Mutex<Option<Arc<Session>>>,
}

/// One connection, as long as it lives.
pub(crate) struct Session {
    client: Client,
    schema: Schema,
    prepared: StdMutex<HashMap<&'static str, tokio_postgres::Statement>>,
}

impl Link {
    pub(crate) fn new(address: Address, schema: Schema, purpose: Purpose, outage: Arc<Outage>, keep: Keep) -> Self {
        let session = Mutex::new(None);
        Self { shared: Arc::new(Shared { _keep: keep, address, schema, purpose, outage, session }) }
    }

    /// A link to the same schema with a connection and an outage of its own.
    pub(crate) fn beside(&self, purpose: Purpose) -> Self {
        let shared = &self.shared;
        Self::new(shared.address.clone(), shared.schema.clone(), purpose, Arc::default(), shared._keep.clone())
    }

    /// The name of the schema, as people write it.
    pub(crate) fn schema_name(&self) -> &str {
        self.shared.schema.name()
    }

    /// Runs a statement and returns its rows.
    pub(crate) async fn query(&self, statement: Statement, parameters: Parameters<'_>) -> Result<Vec<Row>> {
        self.attempt(statement, parameters).await.map_err(|(error, _)| error)
    }

    /// The same, for whom it matters whether a failed statement may have taken effect.
    pub(crate) async fn attempt(
        &self,
        statement: Statement,
        parameters: Parameters<'_>,
    ) -> std::result::Result<Vec<Row>, (Error, Remedy)> {
        let session = self.session().await.map_err(|error| (error, Remedy::Retry))?;
        match tokio::time::timeout(STATEMENT_TIMEOUT, session.query(statement, parameters)).await {
            Ok(Ok(rows)) => Ok(rows),
            Ok(Err(error)) => Err(self.failed(&session, statement.name, error).await),
            Err(_) => Err(self.silent(&session, statement.name).await),
        }
    }

    /// Runs a statement that was put together for this one time.
    pub(crate) async fn ask(&self, question: &Question) -> Result<Vec<Row>> {
        let session = self.session().await?;
        match tokio::time::timeout(STATEMENT_TIMEOUT, session.ask(question)).await {
            Ok(Ok(rows)) => Ok(rows),
            Ok(Err(error)) => Err(self.failed(&session, question.name, error).await.0),
            Err(_) => Err(self.silent(&session, question.name).await.0),
        }
    }

    async fn failed(
        &self,
        session: &Arc<Session>,
        name: &'static str,
        error: tokio_postgres::Error,
    ) -> (Error, Remedy) {
        let remedy = fault::remedy(&error);
        if remedy == Remedy::Reconnect {
            self.forget(session).await;
        }
        let is_too_slow = self.shared.purpose == Purpose::Read && error.code() == Some(&SqlState::QUERY_CANCELED);
        let error = match is_too_slow {
            true => fault::too_slow(error),
            false => fault::from_statement(name, error),
        };
        if remedy == Remedy::Reconnect {
            self.shared.outage.begins(&error);
        }
        (error, remedy)
    }

    async fn silent(&self, session: &Arc<Session>, name: &'static str) -> (Error, Remedy) {
        self.forget(session).await;
        let error = Error::unavailable(format!("{name}: no answer within 30 s"));
        self.shared.outage.begins(&error);
        (error, Remedy::Reconnect)
    }

    /// The living connection, or a new one.
    pub(crate) async fn session(&self) -> Result<Arc<Session>> {
        let mut held = self.shared.session.lock().await;
        if let Some(session) = held.as_ref().filter(|session| !session.client.is_closed()) {
            return Ok(session.clone());
        }
        let session = Arc::new(self.open(None).await?);
        *held = Some(session.clone());
        Ok(session)
    }

    /// Whether a statement can be sent without connecting first.
    pub(crate) fn is_connected(&self) -> bool {
        let held = self.shared.session.try_lock();
        held.is_ok_and(|session| session.as_ref().is_some_and(|session| !session.client.is_closed()))
    }

    /// A statement for somebody else's transaction.
    pub(crate) fn render(&self, statement: Statement) -> String {
        self.shared.schema.render(statement.text)
    }

    /// The statement that enqueues one job in somebody else's transaction.
    pub(crate) fn render_enqueue_one(&self) -> String {
        self.shared.schema.render(include_str!("sql/enqueue_one.sql"))
    }

    /// The statement that completes one run in somebody else's transaction.
    pub(crate) fn render_complete_one(&self) -> String {
        self.shared.schema.render(include_str!("sql/complete_one.sql"))
    }

    /// A connection of the caller's own, for a transaction or to listen.
    pub(crate) async fn open(&self, inbox: Option<Inbox>) -> Result<Session> {
        let shared = &self.shared;
        match self.connect(inbox).await {
            Ok(client) => {
                shared.outage.ends();
                Ok(Session { client, schema: shared.schema.clone(), prepared: StdMutex::default() })
            }
            Err(error) => {
                shared.outage.begins(&error);
                Err(error)
            }
        }
    }

    async fn connect(&self, inbox: Option<Inbox>) -> Result<Client> {
        let client = Box::pin(self.reach(inbox)).await?;
        client
            .batch_execute(self.shared.purpose.settings())
            .await
            .map_err(|error| fault::from_statement("connect", error))?;
        Ok(client)
    }

    async fn reach(&self, inbox: Option<Inbox>) -> Result<Client> {
        let address = &self.shared.address;
        match address.connect(inbox).await {
            Err(error) => match address.without_changes(&error) {
                Some(other) => other.connect(None).await,
                None => Err(error),
            },
            connected => connected,
        }
    }

    /// Lets the connection go; the next use opens a new one. Statements under way end first.
    pub(crate) async fn close(&self) {
        *self.shared.session.lock().await = None;
    }

    async fn forget(&self, session: &Arc<Session>) {
        let mut held = self.shared.session.lock().await;
        if held.as_ref().is_some_and(|current| Arc::ptr_eq(current, session)) {
            *held = None;
        }
    }
}

impl Session {
    pub(crate) async fn query(
        &self,
        statement: Statement,
        parameters: Parameters<'_>,
    ) -> std::result::Result<Vec<Row>, tokio_postgres::Error> {
        let prepared = self.prepare(statement).await?;
        self.client.query(&prepared, parameters).await
    }

    /// Runs a statement that was put together for this one time: nothing of it stays in the server.
    pub(crate) async fn ask(&self, question: &Question) -> std::result::Result<Vec<Row>, tokio_postgres::Error> {
        self.client.query_typed(&self.schema.render(&question.sql), &question.binds.typed()).await
    }

    /// Begins a transaction; the connection must be the caller's alone.
    pub(crate) async fn begin(&self) -> Result<()> {
        self.run("begin", "BEGIN").await
    }

    pub(crate) async fn commit(&self) -> Result<()> {
        self.run("commit", "COMMIT").await
    }

    /// Listens on the channel of the schema.
    pub(crate) async fn listen(&self) -> Result<()> {
        let sql = self.schema.render("SELECT task_tower.channel()");
        let row = self.client.query_one(&sql, &[]).await.map_err(|error| fault::from_statement("listen", error))?;
        let channel: String = row.get(0);
        self.run("listen", &format!("LISTEN \"{channel}\"")).await
    }

    pub(super) async fn run(&self, name: &str, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|error| fault::from_statement(name, error))
    }

    pub(crate) fn client_mut(&mut self) -> &mut Client {
        &mut self.client
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(crate) async fn prepare(
        &self,
        statement: Statement,
    ) -> std::result::Result<tokio_postgres::Statement, tokio_postgres::Error> {
        if let Some(prepared) = self.known(statement) {
            return Ok(prepared);
        }
        let prepared = self.client.prepare(&self.schema.render(statement.text)).await?;
        self.remember(statement, &prepared);
        Ok(prepared)
    }

    fn known(&self, statement: Statement) -> Option<tokio_postgres::Statement> {
        self.prepared.lock().expect("no panic while held").get(statement.name).cloned()
    }

    fn remember(&self, statement: Statement, prepared: &tokio_postgres::Statement) {
        self.prepared.lock().expect("no panic while held").insert(statement.name, prepared.clone());
    }
}
