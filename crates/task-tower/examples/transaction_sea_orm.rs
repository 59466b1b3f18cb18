//! An order and the job that sends its receipt, in one transaction of SeaORM: the job exists if and when
//! the order does. One order is rolled back and one committed, and only the second gets its receipt.
//!
//! Run it with `cargo run -p task-tower --example transaction_sea_orm --features sea-orm-2`.
//! `DATABASE_URL` says where PostgreSQL is.

use std::error::Error;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use serde::{Deserialize, Serialize};
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
    let database = Database::connect(&url).await?;
    database.execute_unprepared(ORDERS).await?;
    let tower = TaskTower::builder().connection_string(url).job(send_receipt).build().await?;

    order("a lamp", false, &database, &tower.client()).await?;
    order("a book", true, &database, &tower.client()).await?;

    tower.run().await?;
    Ok(())
}

async fn order(item: &str, is_paid: bool, database: &DatabaseConnection, client: &Client) -> Result<(), Failure> {
    let mut transaction = database.begin().await?;
    let insert = "INSERT INTO example_orders (item) VALUES ($1) RETURNING id";
    let insert = Statement::from_sql_and_values(DbBackend::Postgres, insert, [item.into()]);
    let row = transaction.query_one_raw(insert).await?.ok_or("an INSERT returns its row")?;
    let order_id = row.try_get("", "id")?;
    let receipt = SendReceipt { order_id, item: item.to_owned() };
    client.enqueue(receipt).in_transaction(&mut transaction).await?;
    match is_paid {
        true => transaction.commit().await?,
        false => transaction.rollback().await?,
    }
    println!("{}: {item}", if is_paid { "committed" } else { "rolled back" });
    Ok(())
}
