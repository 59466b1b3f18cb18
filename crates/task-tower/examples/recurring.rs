//! Jobs that recur: one that code says, every two seconds, and one that is added while all runs. What comes next can be
//! asked for, with what changes of the clock do to it, and anything can be paused, resumed, and run now.
//!
//! Run it with `cargo run -p task-tower --example recurring`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{Client, Error, Job, JobError, MissedRuns, Overlap, Recurrence, RecurringJob, TaskTower};

#[derive(Serialize, Deserialize)]
struct Greet {
    whom: String,
}

impl Job for Greet {
    const KIND: &'static str = "greet";
}

async fn greet(job: Greet) -> Result<(), JobError> {
    println!("hello, {}", job.whom);
    Ok(())
}

fn greeting(name: &str, expression: &str) -> RecurringJob {
    RecurringJob::new(name, expression, Greet { whom: name.to_owned() })
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let often = greeting("often", "*/2 * * * * *").overlap(Overlap::Skip).missed(MissedRuns::Skip);
    let tower = TaskTower::builder().job(greet).recurring(often).build().await?;

    tell_next_times("30 2 * * *", "Europe/Berlin")?;
    let Err(error) = tower.client().set_recurring(greeting("wrong", "0 25 * * *")).await else { return Ok(()) };
    println!("could not add it: {error}");

    tokio::try_join!(tower.run(), change(tower.client()))?;
    Ok(())
}

/// What a change of the clock has to do with a time is told with it.
fn tell_next_times(expression: &str, zone: &str) -> Result<(), Error> {
    let recurrence = Recurrence::new(expression, zone)?;
    println!("{} in {zone}", recurrence.words());
    let winter = "2027-03-27T00:00:00Z".parse().expect("it is a time");
    for run in recurrence.upcoming(winter).take(3) {
        println!("{} {}", run.local(), run.change().map_or_else(String::new, |change| format!("{change:?}")));
    }
    Ok(())
}

async fn change(client: Client) -> Result<(), Error> {
    client.set_recurring(greeting("yearly", "@yearly").zone("Asia/Tokyo")).await?;
    client.pause_recurring("yearly", None, Some("not this year")).await?;
    client.run_recurring_now("yearly").await?;
    Ok(())
}
