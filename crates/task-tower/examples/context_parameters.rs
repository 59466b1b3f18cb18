//! Who the user is, carried from the request to the job: a contextualizer stores the user with the job
//! when it is enqueued, and refuses it when there is none; an interceptor takes the user out before the
//! run and hands it to the handler.
//!
//! Run it with `cargo run -p task-tower --example context_parameters`. `DATABASE_URL`, or libpq's
//! `PGHOST` and its sisters, says where PostgreSQL is.

use serde::{Deserialize, Serialize};
use task_tower::{
    Contextualizer, EnqueueContext, Extension, Interceptor, InterceptorContext, Job, JobError, TaskTower,
};

#[derive(Serialize, Deserialize)]
struct DoAContextualizerThing {
    user: Option<String>,
}

impl Job for DoAContextualizerThing {
    const KIND: &'static str = "do_a_contextualizer_thing";
}

async fn do_a_contextualizer_thing(
    job: DoAContextualizerThing,
    Extension(current_user): Extension<CurrentUser>,
) -> Result<(), JobError> {
    println!(
        "Handled DoAContextualizerThing with a user from the param as: {} and from the context as: {}",
        job.user.as_deref().unwrap_or("nobody"),
        current_user.0
    );
    Ok(())
}

/// What handlers and their services ask for, in place of the request, which is over by then.
#[derive(Clone)]
struct CurrentUser(String);

struct CurrentUserAssignment;

impl Contextualizer for CurrentUserAssignment {
    async fn enrich(&self, context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
        let job: DoAContextualizerThing = context.job()?;
        let user = job.user.ok_or_else(|| JobError::new("a user could not be established"))?;
        context.set_parameter("User", &user)
    }
}

struct JobWithUserContext;

impl Interceptor for JobWithUserContext {
    async fn intercept(&self, context: InterceptorContext) -> Result<(), JobError> {
        let run = context.run();
        if let Some(user) = run.find_parameter("User")? {
            run.set_extension(CurrentUser(user));
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder()
        .job_with(do_a_contextualizer_thing, |kind| kind.pre_processing_interceptor(JobWithUserContext))
        .build()
        .await?;

    let client = tower.client().with_context(CurrentUserAssignment);
    client.enqueue(DoAContextualizerThing { user: Some("Ada".to_owned()) }).await?;
    match client.enqueue(DoAContextualizerThing { user: None }).await {
        Err(error) if error.is_refused() => println!("could not {error}"),
        unexpected => println!("this should have been refused: {unexpected:?}"),
    }

    tower.run().await
}
