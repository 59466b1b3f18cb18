//! Jobs that start when others have completed: a chart is drawn, then sent, by the path that the drawing returned. A second
//! drawing fails for good: what follows it is cancelled, or runs all the same, if that was asked for.
//!
//! Run it with `cargo run -p task-tower --example continuations`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{Error, Job, JobError, Outcome, ParentDeath, ParentResult, TaskTower};

#[derive(Serialize, Deserialize)]
struct DrawChart {
    year: u16,
}

impl Job for DrawChart {
    const KIND: &'static str = "draw_chart";
}

#[derive(Serialize, Deserialize)]
struct SendChart {
    to: String,
}

impl Job for SendChart {
    const KIND: &'static str = "send_chart";
}

#[derive(Serialize, Deserialize)]
struct TidyUp {}

impl Job for TidyUp {
    const KIND: &'static str = "tidy_up";
}

async fn draw_chart(job: DrawChart) -> Result<Outcome, JobError> {
    match job.year {
        2026.. => Outcome::done_with(&format!("/charts/{}.svg", job.year)),
        _ => Err(JobError::discard("there are no figures of that year")),
    }
}

async fn send_chart(job: SendChart, ParentResult(path): ParentResult<String>) -> Result<(), JobError> {
    println!("sent {path} to {}", job.to);
    Ok(())
}

async fn tidy_up(_: TidyUp, chart: Option<ParentResult<String>>) -> Result<(), JobError> {
    println!("tidied up, with {}", chart.map_or("no chart".to_owned(), |ParentResult(path)| path));
    Ok(())
}

fn send(to: &str) -> SendChart {
    SendChart { to: to.to_owned() }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let tower = TaskTower::builder().job(draw_chart).job(send_chart).job(tidy_up).build().await?;

    let client = tower.client();
    client.enqueue(DrawChart { year: 2026 }).then(send("the board")).await?;
    let drawing = client.enqueue(DrawChart { year: 1926 }).await?;
    let tidy = client.enqueue(TidyUp {}).following([drawing]).if_parent_dies(ParentDeath::RunAnyway);
    tidy.await?;

    tower.run().await
}
