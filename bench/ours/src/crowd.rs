//! Several worker processes of Task Tower. Each tells the numbers of the jobs it runs through a pipe, eight bytes a job, to
//! the process that enqueues and keeps the ledger.

use std::ops::Range;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use driver::{Order, SCHEMA};
use task_tower::{JobError, State, TaskTower};
use task_tower_bench::{Bed, Contender, Errand, Tower};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// What a worker says first, once it is there: no job has this number.
const READY: u64 = u64::MAX;
/// What it says last, when it has stopped.
const END: u64 = u64::MAX - 1;

/// Task Tower with its workers in other processes.
pub struct Crowd {
    tower: Tower,
    bed: Bed,
    order: Order,
}

/// A worker process, and who listens to it.
pub struct Member {
    process: Child,
    listener: JoinHandle<Result<()>>,
}

impl Crowd {
    pub async fn open(bed: &Bed, order: &Order) -> Result<Self> {
        Ok(Self { tower: Tower::open(bed).await?, bed: bed.clone(), order: order.clone() })
    }

    async fn recruit(&self) -> Result<Member> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["worker", &serde_json::to_string(&self.order)?])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut numbers = BufReader::new(process.stdout.take().context("its output is a pipe")?);
        ensure!(numbers.read_u64().await? == READY, "a worker process did not start");
        let listener = tokio::spawn(listen(numbers, self.bed.clone()));
        Ok(Member { process, listener })
    }
}

async fn listen(mut numbers: BufReader<ChildStdout>, bed: Bed) -> Result<()> {
    loop {
        match numbers.read_u64().await.context("a worker process died")? {
            END => return Ok(()),
            number => bed.ledger.began(number),
        }
    }
}

impl Contender for Crowd {
    type Caller = <Tower as Contender>::Caller;
    type Worker = Vec<Member>;

    async fn caller(&self) -> Result<Self::Caller> {
        self.tower.caller().await
    }

    async fn enqueue_all(&self, numbers: Range<u64>) -> Result<()> {
        self.tower.enqueue_all(numbers).await
    }

    async fn start(&self) -> Result<Vec<Member>> {
        let mut members = Vec::new();
        for _ in 0..self.order.processes {
            members.push(self.recruit().await?);
        }
        Ok(members)
    }

    /// A worker stops when its input is closed.
    async fn stop(&self, mut members: Vec<Member>) -> Result<()> {
        for member in &mut members {
            drop(member.process.stdin.take());
        }
        for mut member in members {
            member.listener.await??;
            let status = member.process.wait().await?;
            ensure!(status.success(), "a worker process ended with {status}");
        }
        Ok(())
    }

    async fn unfinished(&self) -> Result<u64> {
        self.tower.unfinished().await
    }
}

/// What a worker process does.
pub fn work() -> Result<()> {
    let text = std::env::args().nth(2).context("the order is missing")?;
    let order: Order = serde_json::from_str(&text)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work_on(&order))
}

async fn work_on(order: &Order) -> Result<()> {
    let (numbers, told) = unbounded_channel();
    let mut builder =
        TaskTower::builder().connection_string(&order.url).schema_name(SCHEMA).state(numbers.clone()).job(report);
    if let Some(slots) = order.slots {
        builder = builder.backend_concurrency(slots);
    }
    let running = builder.build().await?.start()?;
    let teller = tokio::spawn(tell(told));
    numbers.send(READY)?;
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    running.stop().await;
    numbers.send(END)?;
    teller.await?
}

async fn report(errand: Errand, State(numbers): State<UnboundedSender<u64>>) -> std::result::Result<(), JobError> {
    // Nobody listens only when the run was given up.
    let _ = numbers.send(errand.number);
    Ok(())
}

/// Writes what is there at once, then waits for more.
async fn tell(mut told: UnboundedReceiver<u64>) -> Result<()> {
    let mut pipe = tokio::io::stdout();
    let mut some = Vec::new();
    while told.recv_many(&mut some, 4096).await > 0 {
        let last = some.last() == Some(&END);
        let bytes: Vec<u8> = some.drain(..).flat_map(u64::to_be_bytes).collect();
        pipe.write_all(&bytes).await?;
        pipe.flush().await?;
        if last {
            break;
        }
    }
    Ok(())
}
