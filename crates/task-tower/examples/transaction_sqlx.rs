//! An order and the job that sends its receipt, in one transaction of sqlx: the job exists if and when
//! the order does. One order is rolled back and one committed, and only the second gets its receipt.
//!
//! Run it with `cargo run -p task-tower --example transaction_sqlx --features sqlx-0_9`.
//! `DATABASE_URL` says where PostgreSQL is.

use std::error::Error;

use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use task_tower::{Client, Job, JobError, TaskTower};

#[derive(Serialize, Deserialize)]
struct SendReceipt {
    order_id: i64,
    item: String,
}

impl Job for SendReceipt {
    const KIND: &'static str = "send_receipt";
}

async fn send_receipt(job: SendReceipt) -> Result<(), JobError> {
    println!("receipt for order {}: {}", job.order_id, job.item);
    Ok(())
}

const ORDERS: &str = "CREATE TABLE IF NOT EXISTS example_orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item text NOT NULL
)";

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL is not set")?;
    let database = PgPool::connect(&url).await?;
    sqlx::query(ORDERS).execute(&database).await?;
    let tower = TaskTower::builder().connection_string(url).job(send_receipt).build().await?;

    order("a lamp", false, &database, &tower.client()).await?;
    order("a book", true, &database, &tower.client()).await?;

    tower.run().await?;
    Ok(())
}

async fn order(item: &str, is_paid: bool, database: &PgPool, client: &Client) -> Result<(), Failure> {
    let mut transaction = database.begin().await?;
    let insert = sqlx::query_scalar("INSERT INTO example_orders (item) VALUES ($1) RETURNING id").bind(item);
    let order_id = insert.fetch_one(&mut *transaction).await?;
    let receipt = SendReceipt { order_id, item: item.to_owned() };
    client.enqueue(receipt).in_transaction(&mut transaction).await?;
    match is_paid {
        true => transaction.commit().await?,
        false => transaction.rollback().await?,
    }
    println!("{}: {item}", if is_paid { "committed" } else { "rolled back" });
    Ok(())
}
