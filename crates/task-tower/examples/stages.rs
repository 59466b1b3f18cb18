//! Interceptors at every moment of a job's life: in front of the enqueue, in the run, after its end, and after what
//! people did with it. Those for all kinds are given to the builder and come first; those of one kind follow.
//!
//! Run it with `cargo run -p task-tower --example stages`. `DATABASE_URL`, or libpq's `PGHOST` and its
//! sisters, says where PostgreSQL is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{
    Client, Console, EnqueueContext, EnqueueInterceptor, InterceptorContext, Job, JobError, JobId, JobState, Next,
    Outcome, TaskTower,
};

#[derive(Serialize, Deserialize)]
struct ShipOrder {
    customer: String,
    items: u32,
}

impl Job for ShipOrder {
    const KIND: &'static str = "ship_order";
}

async fn ship_order(job: ShipOrder) -> Result<(), JobError> {
    match job.items {
        0 => Err(JobError::discard("there is nothing in it")),
        items => {
            println!("{items} items for {}", job.customer);
            Ok(())
        }
    }
}

/// Enqueue: where the job comes in, before it is in the database. It may refuse it.
struct NoCredit(&'static str);

impl EnqueueInterceptor for NoCredit {
    async fn intercept(&self, context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
        match context.job::<ShipOrder>()?.customer == self.0 {
            true => Err(JobError::new(format_args!("{} has no credit", self.0))),
            false => Ok(()),
        }
    }
}

/// Or change it: what takes long goes to a queue of its own.
fn large_orders_wait(context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
    let mut order: ShipOrder = context.job()?;
    if order.items > 100 {
        order.items = 100;
        context.set_job(&order)?;
        context.set_queue("large");
        context.set_tags(["cut"]);
    }
    Ok(())
}

/// Around, for all kinds: outside of those of one kind.
async fn trace(context: InterceptorContext, next: Next) -> Result<Outcome, JobError> {
    println!("{} begins in queue {}", context.run().kind(), context.run().queue());
    next.run().await
}

async fn succeeded(context: InterceptorContext) -> Result<(), JobError> {
    println!("success of {}", context.run().kind());
    Ok(())
}

async fn failed(context: InterceptorContext) -> Result<(), JobError> {
    println!("failure: {}", context.error().map_or("", |error| &error.message));
    Ok(())
}

async fn died(context: InterceptorContext) -> Result<(), JobError> {
    println!("death: {}", context.reason().unwrap_or_default());
    Ok(())
}

/// Cancel and requeue: told by a worker, wherever the person did it.
async fn cancelled(context: InterceptorContext) -> Result<(), JobError> {
    println!("cancelled: {}", context.reason().unwrap_or_default());
    Ok(())
}

async fn requeued(context: InterceptorContext) -> Result<(), JobError> {
    println!("requeued after {} runs", context.run().attempt());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), task_tower::Error> {
    let tower = TaskTower::builder()
        .backend_concurrency(1)
        .around_interceptor(trace)
        .success_interceptor(succeeded)
        .job_with(ship_order, |kind| {
            kind.enqueue_interceptor(NoCredit("Bob"))
                .enqueue_interceptor(large_orders_wait)
                .failure_interceptor(failed)
                .death_interceptor(died)
                .cancel_interceptor(cancelled)
                .requeue_interceptor(requeued)
        })
        .build()
        .await?;

    tokio::spawn(customers(tower.client(), tower.console()));
    tower.run().await
}

/// What comes in, and what people do with it.
async fn customers(client: Client, console: Console) -> Result<(), task_tower::Error> {
    let order = |customer: &str, items| ShipOrder { customer: customer.to_owned(), items };
    if let Err(error) = client.enqueue(order("Bob", 1)).await {
        println!("could not {error}");
    }
    client.enqueue(order("Ada", 1_000)).await?;
    let late = client.schedule(order("Dora", 1)).in_days(1).await?;
    console.cancel(late, Some("Dora has changed her mind")).await?;
    let empty = client.enqueue(order("Cleo", 0)).await?;
    until(&console, empty, JobState::Dead).await?;
    console.requeue(empty).await
}

async fn until(console: &Console, id: JobId, state: JobState) -> Result<(), task_tower::Error> {
    while console.job(id).await?.state != state {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
