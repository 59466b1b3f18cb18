//! SQL written by hand, without any library: the floor that the machine sets.
//!
//! There are two. *Raw SQL* keeps finished jobs and wakes its worker by a NOTIFY with every job.
//! *Raw SQL, minimal* deletes finished jobs and asks every 5 ms. Neither retries, schedules,
//! prioritizes, or survives the death of a worker.

use std::future::poll_fn;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use futures_util::SinkExt;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_postgres::{AsyncMessage, Client, NoTls, Row, Statement};

use crate::contender::{Bed, Caller, Contender};
use crate::ledger::{Errand, Ledger};

/// How many connections claim, run and complete.
const CONNECTIONS: usize = 4;
/// COPY takes what fits into this at a time.
const COPY_BYTES: usize = 64 * 1024;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavor {
    /// With NOTIFY and history.
    Full,
    /// Without either.
    Minimal,
}

impl Flavor {
    fn enqueue(self) -> &'static str {
        match self {
            Flavor::Full => include_str!("sql/floor_enqueue_and_notify.sql"),
            Flavor::Minimal => include_str!("sql/floor_enqueue.sql"),
        }
    }

    fn complete(self) -> &'static str {
        match self {
            Flavor::Full => include_str!("sql/floor_complete.sql"),
            Flavor::Minimal => include_str!("sql/floor_forget.sql"),
        }
    }

    /// How long a worker that found nothing rests, unless it is woken.
    fn rest(self) -> Duration {
        match self {
            Flavor::Full => Duration::from_secs(1),
            Flavor::Minimal => Duration::from_millis(5),
        }
    }
}

/// A queue of one table.
pub struct Floor {
    flavor: Flavor,
    bed: Bed,
}

impl Floor {
    /// Makes its schema, unless it is there.
    pub async fn open(bed: &Bed, flavor: Flavor) -> Result<Self> {
        let floor = Self { flavor, bed: bed.clone() };
        let client = connect(&bed.url).await?;
        client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {}", bed.schema)).await?;
        floor.connect().await?.batch_execute(include_str!("sql/floor_schema.sql")).await?;
        Ok(floor)
    }

    async fn connect(&self) -> Result<Client> {
        let client = connect(&self.bed.url).await?;
        client.batch_execute(&format!("SET search_path = {}", self.bed.schema)).await?;
        client.batch_execute(include_str!("sql/floor_settings.sql")).await?;
        Ok(client)
    }

    async fn hand(&self, crew: Arc<Crew>) -> Result<Hand> {
        let client = self.connect().await?;
        let claim = client.prepare(include_str!("sql/floor_claim.sql")).await?;
        let complete = client.prepare(self.flavor.complete()).await?;
        Ok(Hand { client, claim, complete, crew, ledger: self.bed.ledger.clone(), rest: self.flavor.rest() })
    }
}

impl Contender for Floor {
    type Caller = Connection;
    type Worker = Worker;

    async fn caller(&self) -> Result<Connection> {
        let client = self.connect().await?;
        let enqueue = client.prepare(self.flavor.enqueue()).await?;
        Ok(Connection { client, enqueue, bed: self.bed.clone() })
    }

    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        let client = self.connect().await?;
        let mut copy = Box::pin(client.copy_in::<_, Bytes>(include_str!("sql/floor_copy.sql")).await?);
        let mut lines = Vec::with_capacity(2 * COPY_BYTES);
        for number in numbers {
            serde_json::to_writer(&mut lines, &self.bed.errand(number))?;
            lines.push(b'\n');
            if lines.len() > COPY_BYTES {
                copy.send(std::mem::take(&mut lines).into()).await?;
            }
        }
        copy.send(lines.into()).await?;
        copy.as_mut().finish().await?;
        Ok(())
    }

    async fn start(&self) -> Result<Worker> {
        let crew = Arc::new(Crew::default());
        let listener = match self.flavor {
            Flavor::Full => Some(listen(&self.bed.url, crew.clone()).await?),
            Flavor::Minimal => None,
        };
        let mut hands = JoinSet::new();
        for _ in 0..CONNECTIONS {
            hands.spawn(self.hand(crew.clone()).await?.work());
        }
        Ok(Worker { crew, hands, _listener: listener })
    }

    async fn stop(&self, mut worker: Worker) -> Result<()> {
        worker.crew.stopping.store(true, Ordering::Release);
        // One permit for each that is about to rest.
        for _ in 0..CONNECTIONS {
            worker.crew.woken.notify_waiters();
            worker.crew.woken.notify_one();
            if let Some(hand) = worker.hands.join_next().await {
                hand??;
            }
        }
        Ok(())
    }

    async fn unfinished(&self) -> Result<u64> {
        let row = self.connect().await?.query_one(include_str!("sql/floor_unfinished.sql"), &[]).await?;
        Ok(row.get::<_, i64>(0).unsigned_abs())
    }
}

/// A connection that enqueues.
pub struct Connection {
    client: Client,
    enqueue: Statement,
    bed: Bed,
}

impl Caller for Connection {
    async fn enqueue(&self, number: u64) -> Result<()> {
        let payload = serde_json::to_string(&self.bed.errand(number))?;
        self.client.query(&self.enqueue, &[&payload]).await?;
        Ok(())
    }
}

/// The connections that claim, run and complete.
pub struct Worker {
    crew: Arc<Crew>,
    hands: JoinSet<Result<()>>,
    /// It listens for as long as it lives.
    _listener: Option<Client>,
}

/// What the connections of a worker share.
#[derive(Default)]
struct Crew {
    stopping: AtomicBool,
    woken: Notify,
}

/// One connection that claims, runs and completes.
struct Hand {
    client: Client,
    claim: Statement,
    complete: Statement,
    crew: Arc<Crew>,
    ledger: Arc<Ledger>,
    rest: Duration,
}

impl Hand {
    async fn work(self) -> Result<()> {
        while !self.crew.stopping.load(Ordering::Acquire) {
            let claimed = self.client.query(&self.claim, &[]).await?;
            if claimed.is_empty() {
                let _ = tokio::time::timeout(self.rest, self.crew.woken.notified()).await;
                continue;
            }
            let done = claimed.iter().map(|row| self.run(row)).collect::<Result<Vec<i64>>>()?;
            self.client.execute(&self.complete, &[&done]).await?;
        }
        Ok(())
    }

    fn run(&self, row: &Row) -> Result<i64> {
        let errand: Errand = serde_json::from_str(row.get(1))?;
        self.ledger.began(errand.number);
        Ok(row.get(0))
    }
}

/// A plain connection.
pub async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// A connection that wakes one hand with every notification.
async fn listen(url: &str, crew: Arc<Crew>) -> Result<Client> {
    let (client, mut connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            if matches!(message, AsyncMessage::Notification(_)) {
                crew.woken.notify_one();
            }
        }
    });
    client.batch_execute("LISTEN bench").await?;
    Ok(client)
}
