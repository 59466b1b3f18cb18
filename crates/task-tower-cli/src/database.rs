//! Which database and which schema a command works with.

use anyhow::{Context, Result};
use clap::Args;
use task_tower::{Actor, Console, TaskTower, TowerBuilder};

/// The options by which most commands find their tables.
#[derive(Args, Clone, Debug)]
pub(crate) struct DatabaseArgs {
    /// Where PostgreSQL is, such as postgres://user:password@host:5432/database. Without it,
    /// DATABASE_URL says where, or else libpq's variables (PGHOST, PGUSER, …).
    #[arg(long, value_name = "URL", env = "TASK_TOWER_CONNECTION_STRING", hide_env_values = true, global = true)]
    database_url: Option<String>,
    /// The schema of the tables.
    #[arg(long, value_name = "NAME", env = "TASK_TOWER_SCHEMA_NAME", default_value = "task_tower", global = true)]
    schema: String,
}

impl DatabaseArgs {
    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    pub(crate) fn builder(&self) -> TowerBuilder {
        let builder = TaskTower::builder().schema_name(&self.schema);
        match named(self.database_url.as_ref()) {
            Some(url) => builder.connection_string(url),
            None => builder,
        }
    }

    /// The tower of a schema that is there already: asking must not create tables.
    pub(crate) async fn tower(&self) -> Result<TaskTower> {
        self.builder().migrate(false).build().await.context("could not open the database")
    }

    /// Its console.
    pub(crate) async fn console(&self) -> Result<Console> {
        Ok(of(&self.tower().await?))
    }
}

/// The console of a tower. What is changed by it is put down to this program on this machine.
pub(crate) fn of(tower: &TaskTower) -> Console {
    tower.console().acting(host().into_iter().fold(Actor::new("cli"), Actor::address))
}

/// The name of this machine.
fn host() -> Option<String> {
    let read = std::fs::read_to_string("/etc/hostname").ok();
    let name = std::env::var("HOSTNAME").ok().or(read)?.trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// A variable that is set to nothing names nothing.
pub(crate) fn named(url: Option<&String>) -> Option<&str> {
    url.map(|url| url.trim()).filter(|url| !url.is_empty())
}
