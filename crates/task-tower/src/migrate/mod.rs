//! Brings the tables of one schema to the version that this program knows, up or down.
//!
//! Each version is a pair of plain SQL files, written for the schema `task_tower`. One lock, taken
//! before anything is looked at, lets any number of processes start at once.

use std::time::Duration;

use tokio_postgres::{Client, Transaction};

use crate::error::{Error, Result};
use crate::store::{Link, Schema, from_statement};

struct Migration {
    version: i32,
    name: &'static str,
    up: &'static str,
    down: &'static str,
}

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "tower",
    up: include_str!("sql/0001_tower.up.sql"),
    down: include_str!("sql/0001_tower.down.sql"),
}];

/// The schema version that this release of Task Tower works with.
pub const SCHEMA_VERSION: i32 = 1;

/// Another process may be migrating a large table; waiting for ever would hide a stuck one.
const LOCK_PATIENCE: Duration = Duration::from_secs(60);

/// Brings the schema to [`SCHEMA_VERSION`]; creates it when it does not exist. Returns the version
/// it was at before.
pub(crate) async fn up(link: &Link) -> Result<i32> {
    to(link, SCHEMA_VERSION).await
}

/// Brings the schema to the version asked for, up or down. Version 0 removes everything.
pub(crate) async fn to(link: &Link, target: i32) -> Result<i32> {
    if !(0..=SCHEMA_VERSION).contains(&target) {
        return Err(Error::invalid(format!("schema version {target} is not between 0 and {SCHEMA_VERSION}")));
    }
    let mut session = link.open(None).await?;
    let schema = session.schema().clone();
    let found = migrate(session.client_mut(), &schema, target).await;
    found.map_err(|error| error.context(format!("migrate schema \"{}\"", schema.name().escape_debug())))
}

async fn migrate(client: &mut Client, schema: &Schema, target: i32) -> Result<i32> {
    let patience = format!("SET statement_timeout = 0; SET lock_timeout = '{}s'", LOCK_PATIENCE.as_secs());
    client.batch_execute(&patience).await.map_err(failed)?;
    let transaction = client.transaction().await.map_err(failed)?;
    lock(&transaction, schema).await?;
    let found = version(&transaction, schema).await?;
    refuse_newer(found)?;
    step(&transaction, schema, found, target).await?;
    transaction.commit().await.map_err(failed)?;
    if found != target {
        tracing::info!(schema = schema.name(), from = found, to = target, "migrated");
    }
    Ok(found)
}

/// Before anything is looked at: the second of two starters must find the work of the first.
async fn lock(transaction: &Transaction<'_>, schema: &Schema) -> Result<()> {
    let sql = schema.render("SELECT pg_advisory_xact_lock(hashtextextended('task_tower' || '.migrate', 0))");
    transaction.batch_execute(&sql).await.map_err(failed)
}

/// The version that stands in the database; 0 when there is nothing of ours yet.
async fn version(transaction: &Transaction<'_>, schema: &Schema) -> Result<i32> {
    let sql = schema.render(
        "SELECT EXISTS (
             SELECT FROM pg_catalog.pg_class
             JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
             WHERE nspname = 'task_tower' AND relname = 'migration'
         )",
    );
    let row = transaction.query_one(&sql, &[]).await.map_err(failed)?;
    if !row.get::<_, bool>(0) {
        return Ok(0);
    }
    let sql = schema.render("SELECT coalesce(max(version), 0) FROM task_tower.migration");
    let row = transaction.query_one(&sql, &[]).await.map_err(failed)?;
    Ok(row.get(0))
}

fn refuse_newer(found: i32) -> Result<()> {
    if found <= SCHEMA_VERSION {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "it is at version {found}, and this program (task-tower {}) knows versions up to {SCHEMA_VERSION}: \
         deploy a newer program, or take the schema down with the program that made it",
        env!("CARGO_PKG_VERSION")
    )))
}

async fn step(transaction: &Transaction<'_>, schema: &Schema, found: i32, target: i32) -> Result<()> {
    if found == 0 && target > 0 {
        create(transaction, schema).await?;
    }
    for migration in MIGRATIONS.iter().filter(|migration| (found + 1..=target).contains(&migration.version)) {
        run(transaction, schema, migration.up).await?;
        record(transaction, schema, migration).await?;
    }
    for migration in MIGRATIONS.iter().rev().filter(|migration| (target + 1..=found).contains(&migration.version)) {
        run(transaction, schema, migration.down).await?;
        erase(transaction, schema, migration).await?;
    }
    if target == 0 && found > 0 {
        run(transaction, schema, "DROP TABLE task_tower.migration").await?;
    }
    Ok(())
}

/// The schema may exist already, made by an administrator: then we need no right to create it.
async fn create(transaction: &Transaction<'_>, schema: &Schema) -> Result<()> {
    let sql = schema.render("SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'task_tower')");
    let exists: bool = transaction.query_one(&sql, &[]).await.map_err(failed)?.get(0);
    if !exists {
        let sql = format!("CREATE SCHEMA {}", schema.identifier());
        transaction.batch_execute(&sql).await.map_err(failed)?;
    }
    run(transaction, schema, include_str!("sql/0000_migration.sql")).await
}

async fn run(transaction: &Transaction<'_>, schema: &Schema, sql: &str) -> Result<()> {
    transaction.batch_execute(&schema.render(sql)).await.map_err(failed)
}

async fn record(transaction: &Transaction<'_>, schema: &Schema, migration: &Migration) -> Result<()> {
    let sql = schema.render("INSERT INTO task_tower.migration (version, name) VALUES ($1, $2)");
    transaction.execute(&sql, &[&migration.version, &migration.name]).await.map_err(failed)?;
    Ok(())
}

async fn erase(transaction: &Transaction<'_>, schema: &Schema, migration: &Migration) -> Result<()> {
    let sql = schema.render("DELETE FROM task_tower.migration WHERE version = $1");
    transaction.execute(&sql, &[&migration.version]).await.map_err(failed)?;
    Ok(())
}

fn failed(error: tokio_postgres::Error) -> Error {
    from_statement("migrate", error)
}

/// Refuses a schema that is not at the version of this program, and changes nothing.
pub(crate) async fn check(link: &Link) -> Result<()> {
    let mut session = link.open(None).await?;
    let schema = session.schema().clone();
    let transaction = session.client_mut().transaction().await.map_err(failed)?;
    let found = version(&transaction, &schema).await?;
    accept(found).map_err(|error| error.context(format!("check schema \"{}\"", schema.name().escape_debug())))
}

fn accept(found: i32) -> Result<()> {
    refuse_newer(found)?;
    match found {
        SCHEMA_VERSION => Ok(()),
        _ => Err(Error::conflict(format!(
            "it is at version {found}, this program needs {SCHEMA_VERSION}: run `task-tower migrate`, or build with \
             migrate(true)"
        ))),
    }
}
