//! A handler that uses services of its application: whatever is given to the builder by `state`, a
//! handler can ask for by `State<T>`. A service that nobody gave is an error at `build`.
//!
//! Run it with `cargo run -p task-tower --example injectable`. `DATABASE_URL`, or libpq's `PGHOST`
//! and its sisters, says where PostgreSQL is.

use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, State, TaskTower};

#[derive(Serialize, Deserialize)]
struct DoAnInjectableThing {
    data: String,
}

impl Job for DoAnInjectableThing {
    const KIND: &'static str = "do_an_injectable_thing";
}

async fn do_an_injectable_thing(
    job: DoAnInjectableThing,
    State(poke_api): State<PokeApi>,
    State(logger): State<Arc<dyn Logger>>,
) -> Result<(), JobError> {
    let (id, name) = poke_api.random_pokemon().await?;
    println!("I just read a Pokemon with an ID of {id} and content of {name}");
    logger.log(&format!("Handled DoAnInjectableThing with data: {}", job.data));
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let logger: Arc<dyn Logger> = Arc::new(Terminal);
    let tower = TaskTower::builder()
        .state(PokeApi { names: Arc::new(["Bulbasaur", "Ivysaur", "Venusaur"]) })
        .state(logger)
        .job(do_an_injectable_thing)
        .build()
        .await?;

    tower.client().enqueue(DoAnInjectableThing { data: "from the request".to_owned() }).await?;

    tower.run().await
}

/// Stands for a service that is asked over the network. Handlers get a clone, so it is cheap to clone.
#[derive(Clone)]
struct PokeApi {
    names: Arc<[&'static str]>,
}

impl PokeApi {
    async fn random_pokemon(&self) -> io::Result<(usize, &'static str)> {
        let id = fastrand::usize(1..=self.names.len());
        Ok((id, self.names[id - 1]))
    }
}

trait Logger: Send + Sync {
    fn log(&self, message: &str);
}

struct Terminal;

impl Logger for Terminal {
    fn log(&self, message: &str) {
        println!("{message}");
    }
}
