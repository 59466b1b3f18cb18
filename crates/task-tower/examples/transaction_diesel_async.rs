//! An order and the job that sends its receipt, in one transaction of diesel-async: the job exists if and when
//! the order does. One order is rolled back and one committed, and only the second gets its receipt.
//!
//! Run it with `cargo run -p task-tower --example transaction_diesel_async --features diesel-async-0_9`.
//! `DATABASE_URL` says where PostgreSQL is.

use std::error::Error;

use diesel::ExpressionMethods;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde::{Deserialize, Serialize};
use task_tower::{Client, Job, JobError, TaskTower};

use schema::example_orders;

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

mod schema {
    diesel::table! {
        example_orders (id) {
            id -> BigInt,
            item -> Text,
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL is not set")?;
    let mut database = AsyncPgConnection::establish(&url).await?;
    database.batch_execute(ORDERS).await?;
    let tower = TaskTower::builder().connection_string(url).job(send_receipt).build().await?;

    let refused = order("a lamp", false, &mut database, &tower.client()).await;
    println!("rolled back: {refused:?}");
    order("a book", true, &mut database, &tower.client()).await?;
    println!("committed");

    tower.run().await?;
    Ok(())
}

async fn order(item: &str, is_paid: bool, database: &mut AsyncPgConnection, client: &Client) -> Result<(), Failure> {
    database
        .transaction(async |transaction| {
            let insert = diesel::insert_into(example_orders::table).values(example_orders::item.eq(item));
            let order_id = insert.returning(example_orders::id).get_result(transaction).await?;
            let receipt = SendReceipt { order_id, item: item.to_owned() };
            client.enqueue(receipt).in_transaction(transaction).await?;
            match is_paid {
                true => Ok(()),
                false => Err("the card was refused".into()),
            }
        })
        .await
}
