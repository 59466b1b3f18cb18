//! Runs what is due in the order of the queues, one job after the other, until nothing is due: for tests.
//! It takes the same steps as a worker, with the same files, but waits for each before the next.

use std::sync::Arc;

use super::claimer::Claimer;
use super::completer::Completer;
use super::engine::Engine;
use super::executor::execute;
use super::herald::Herald;
use super::running::RunningTower;
use super::settler::Settler;
use crate::error::Result;
use crate::record::JobRecord;
use crate::store;

/// Returns each job as it was after its run; one that ran several times is there as often.
pub(crate) async fn drain(engine: Arc<Engine>) -> Result<Vec<JobRecord>> {
    let running = RunningTower::start_idle(engine.clone())?;
    let ran = Box::pin(Drain::new(engine).run()).await;
    running.stop().await;
    ran
}

struct Drain {
    engine: Arc<Engine>,
    claimer: Claimer,
    completer: Completer,
    herald: Herald,
    settler: Settler,
    ran: Vec<JobRecord>,
}

impl Drain {
    fn new(engine: Arc<Engine>) -> Self {
        let (completer, outcomes) = Completer::new(engine.clone());
        let claimer = Claimer::new(engine.clone(), outcomes, false);
        let (herald, settler) = (Herald::new(engine.clone()), Settler::new(engine.clone()));
        Self { claimer, completer, herald, settler, engine, ran: Vec::new() }
    }

    /// What interceptors do about deaths and cancellations, and the ends of batches, may make more jobs due, and those may
    /// end so, too.
    async fn run(mut self) -> Result<Vec<JobRecord>> {
        loop {
            while self.claimer.claim_next().await? {
                self.execute().await?;
            }
            let (told, settled) = (self.herald.tell_due().await?, self.settler.settle_due().await?);
            if !told && !settled {
                return Ok(self.ran);
            }
        }
    }

    async fn execute(&mut self) -> Result<()> {
        let Some(job) = self.engine.buffer.next().await else { return Ok(()) };
        let id = job.id;
        let outcome = execute(&self.engine, job).await;
        self.completer.write(vec![outcome]).await;
        self.engine.buffer.free();
        // One that was deleted in between has nothing to tell.
        self.ran.extend(store::show_job(&self.engine.work, id).await?);
        Ok(())
    }
}
