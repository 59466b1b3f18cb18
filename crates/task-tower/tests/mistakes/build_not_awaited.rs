//! The tower is not built yet.
//!
//! says: consider `await`ing on the `Future`

use task_tower::{Error, TaskTower};

async fn start() -> Result<(), Error> {
    let tower = TaskTower::builder().build()?;
    tower.run().await
}

fn main() {}
