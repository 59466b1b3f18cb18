//! Interceptors for the death of a job, one after the other: they tell Slack and Teams, with services
//! of the application. Each death is told at least once, whatever dies in between. The job fails three
//! times, and is dead.
//!
//! Run it with `cargo run -p task-tower --example interceptors`. `DATABASE_URL`, or libpq's `PGHOST` and
//! its sisters, says where PostgreSQL is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Interceptor, InterceptorContext, Job, JobError, RetryPolicy, TaskTower};

#[derive(Serialize, Deserialize)]
struct DoAFailingThing {
    number: String,
}

impl Job for DoAFailingThing {
    const KIND: &'static str = "do_a_failing_thing";
}

async fn do_a_failing_thing(job: DoAFailingThing) -> Result<(), JobError> {
    println!("trying with {:?}", job.number);
    let number: u32 = job.number.parse().map_err(NotANumber)?;
    println!("done with {number}");
    Ok(())
}

struct SlackSaysDeath;

impl Interceptor for SlackSaysDeath {
    async fn intercept(&self, context: InterceptorContext) -> Result<(), JobError> {
        let fake_slack_service: FakeSlackService = context.run().state()?;
        fake_slack_service.send_message("death", &obituary(&context));
        Ok(())
    }
}

struct TeamsSaysDeath;

impl Interceptor for TeamsSaysDeath {
    async fn intercept(&self, context: InterceptorContext) -> Result<(), JobError> {
        let fake_teams_service: FakeTeamsService = context.run().state()?;
        fake_teams_service.send_message("death", &obituary(&context));
        Ok(())
    }
}

fn obituary(context: &InterceptorContext) -> String {
    let id = context.run().job_id();
    let Some(error) = context.error() else { return format!("Job {id} has died") };
    let (message, at, details) = (&error.message, error.occurred_at, error.details.as_deref().unwrap_or("none"));
    format!("Job {id} has died with error: {message} at {at}. Here's the details: {details}")
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let soon = RetryPolicy::custom(|_| Duration::from_millis(250));
    let tower = TaskTower::builder()
        .state(FakeSlackService)
        .state(FakeTeamsService)
        .job_with(do_a_failing_thing, |kind| {
            kind.queue("critical")
                .display_name("Possibly Failing Task")
                .max_retry_count(2)
                .retry_policy(soon)
                .death_interceptor(SlackSaysDeath)
                .death_interceptor(TeamsSaysDeath)
        })
        .build()
        .await?;

    let id = tower.client().enqueue(DoAFailingThing { number: "a dozen".to_owned() }).await?;
    println!("Job created with ID: {id}");

    tower.run().await
}

/// Stands for a service that is asked over the network. Interceptors get a clone, as handlers do.
#[derive(Clone)]
struct FakeSlackService;

impl FakeSlackService {
    fn send_message(&self, channel: &str, message: &str) {
        println!("Slack, '{channel}' channel: {}", message.trim_end());
    }
}

#[derive(Clone)]
struct FakeTeamsService;

impl FakeTeamsService {
    fn send_message(&self, channel: &str, message: &str) {
        println!("Teams, '{channel}' channel: {}", message.trim_end());
    }
}

/// An error with a cause: the cause is in the details.
#[derive(Debug)]
struct NotANumber(std::num::ParseIntError);

impl std::fmt::Display for NotANumber {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("this is not a number")
    }
}

impl std::error::Error for NotANumber {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
