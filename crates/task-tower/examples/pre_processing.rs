//! Interceptors before a run, around it, and after its success or failure. The one before refuses the
//! job for Bob, whose handler never runs. The mailbox of Cleo is full at first.
//!
//! Run it with `cargo run -p task-tower --example pre_processing`. `DATABASE_URL`, or libpq's `PGHOST`
//! and its sisters, says where PostgreSQL is.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use task_tower::{
    AroundInterceptor, Interceptor, InterceptorContext, Job, JobContext, JobError, Next, Outcome, RetryPolicy,
    TaskTower,
};

#[derive(Serialize, Deserialize)]
struct SendNewsletter {
    to: String,
}

impl Job for SendNewsletter {
    const KIND: &'static str = "send_newsletter";
}

async fn send_newsletter(job: SendNewsletter, run: JobContext) -> Result<(), JobError> {
    println!("newsletter to {}", job.to);
    match job.to == "Cleo" && run.attempt() == 1 {
        true => Err(JobError::new("the mailbox is full")),
        false => Ok(()),
    }
}

/// Before: an error refuses the run. This one cancels the job; `JobError::new` would retry it.
struct RespectUnsubscribed {
    unsubscribed: &'static [&'static str],
}

impl Interceptor for RespectUnsubscribed {
    async fn intercept(&self, context: InterceptorContext) -> Result<(), JobError> {
        let SendNewsletter { to } = context.run().job()?;
        if self.unsubscribed.contains(&to.as_str()) {
            println!("refused: {to} has unsubscribed");
            return Err(JobError::cancel(format_args!("{to} has unsubscribed")));
        }
        Ok(())
    }
}

/// Around: it runs the handler, and sees how it ended.
struct Stopwatch;

impl AroundInterceptor for Stopwatch {
    async fn around(&self, context: InterceptorContext, next: Next) -> Result<Outcome, JobError> {
        let began = Instant::now();
        let outcome = next.run().await;
        println!("{} took {:?}", context.run().kind(), began.elapsed());
        outcome
    }
}

/// After: an async function serves as well as a type.
async fn succeeded(context: InterceptorContext) -> Result<(), JobError> {
    println!("success in attempt {}", context.run().attempt());
    Ok(())
}

async fn failed(context: InterceptorContext) -> Result<(), JobError> {
    println!("failure in attempt {}: {}", context.run().attempt(), context.error().map_or("", |error| &error.message));
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let soon = RetryPolicy::custom(|_| Duration::from_millis(250));
    let tower = TaskTower::builder()
        .backend_concurrency(1)
        .job_with(send_newsletter, |kind| {
            kind.retry_policy(soon)
                .pre_processing_interceptor(RespectUnsubscribed { unsubscribed: &["Bob"] })
                .around_interceptor(Stopwatch)
                .success_interceptor(succeeded)
                .failure_interceptor(failed)
        })
        .build()
        .await?;

    for to in ["Ada", "Bob", "Cleo"] {
        tower.client().enqueue(SendNewsletter { to: to.to_owned() }).await?;
    }

    tower.run().await
}
