//! A job that is completed in the transaction in which it pays: it is completed if and when the money is
//! there, so the payment happens exactly once, whatever dies in between. The first attempt fails after it
//! has paid, before the commit; the second one after the commit, too late to matter.
//!
//! Run it with `cargo run -p task-tower --example transactional_completion --features tokio-postgres-0_7`.
//! `DATABASE_URL` says where PostgreSQL is.

use std::error::Error;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Console, Job, JobContext, JobError, JobId, RetryPolicy, State, TaskTower};
use tokio_postgres::{Client, NoTls};

#[derive(Serialize, Deserialize)]
struct PayIn {
    account: i64,
    cents: i64,
}

impl Job for PayIn {
    const KIND: &'static str = "pay_in";
}

async fn pay_in(job: PayIn, run: JobContext, State(url): State<DatabaseUrl>) -> Result<(), JobError> {
    let mut database = connect(&url).await?;
    let mut transaction = database.transaction().await?;
    let pay = "UPDATE example_accounts SET cents = cents + $2 WHERE id = $1";
    transaction.execute(pay, &[&job.account, &job.cents]).await?;
    if run.attempt() == 1 {
        println!("attempt 1: paid, and failed before the commit");
        return Err(JobError::new("the network is away"));
    }
    run.complete().in_transaction(&mut transaction).await?;
    transaction.commit().await?;
    println!("attempt {}: paid, committed, and failed after it", run.attempt());
    Err(JobError::new("the network is away again"))
}

#[derive(Clone)]
struct DatabaseUrl(String);

const ACCOUNTS: &str = "CREATE TABLE IF NOT EXISTS example_accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cents bigint NOT NULL
)";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = DatabaseUrl(std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL is not set")?);
    let database = connect(&url).await?;
    database.batch_execute(ACCOUNTS).await?;
    let open = "INSERT INTO example_accounts (cents) VALUES (0) RETURNING id";
    let account = database.query_one(open, &[]).await?.get("id");
    let soon = RetryPolicy::custom(|_| Duration::from_millis(250));
    let tower = TaskTower::builder()
        .connection_string(&url.0)
        .state(url)
        .job_with(pay_in, |kind| kind.retry_policy(soon))
        .build()
        .await?;

    let id = tower.client().enqueue(PayIn { account, cents: 990 }).await?;

    tokio::try_join!(async { Ok(tower.run().await?) }, tell_balance(&database, account, tower.console(), id))?;
    Ok(())
}

async fn tell_balance(database: &Client, account: i64, console: Console, id: JobId) -> Result<(), Box<dyn Error>> {
    while !console.job(id).await?.state.is_final() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let select = "SELECT cents FROM example_accounts WHERE id = $1";
    let cents: i64 = database.query_one(select, &[&account]).await?.get("cents");
    println!("the job is {}, {cents} cents are on the account", console.job(id).await?.state);
    Ok(())
}

async fn connect(DatabaseUrl(url): &DatabaseUrl) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
