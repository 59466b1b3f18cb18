//! An order and the job that sends its receipt, in one transaction of tokio-postgres: the job exists if and when
//! the order does. One order is rolled back and one committed, and only the second gets its receipt.
//!
//! Run it with `cargo run -p task-tower --example transaction_tokio_postgres --features tokio-postgres-0_7`.
//! `DATABASE_URL` says where PostgreSQL is.

use std::error::Error;

use serde::{Deserialize, Serialize};
use task_tower::{Client, Job, JobError, TaskTower};
use tokio_postgres::NoTls;

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
    let (mut database, connection) = tokio_postgres::connect(&url, NoTls).await?;
    tokio::spawn(connection);
    database.batch_execute(ORDERS).await?;
    let tower = TaskTower::builder().connection_string(url).job(send_receipt).build().await?;

    order("a lamp", false, &mut database, &tower.client()).await?;
    order("a book", true, &mut database, &tower.client()).await?;

    tower.run().await?;
    Ok(())
}

async fn order(
    item: &str,
    is_paid: bool,
    database: &mut tokio_postgres::Client,
    client: &Client,
) -> Result<(), Failure> {
    let mut transaction = database.transaction().await?;
    let insert = "INSERT INTO example_orders (item) VALUES ($1) RETURNING id";
    let order_id = transaction.query_one(insert, &[&item]).await?.get("id");
    let receipt = SendReceipt { order_id, item: item.to_owned() };
    client.enqueue(receipt).in_transaction(&mut transaction).await?;
    match is_paid {
        true => transaction.commit().await?,
        false => transaction.rollback().await?,
    }
    println!("{}: {item}", if is_paid { "committed" } else { "rolled back" });
    Ok(())
}
