//! Takes jobs from the table and hands them to the slots; sleeps when there are none.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::admission::{Admission, BUFFER_PATIENCE};
use super::announcer::{Announcer, Looked, Mode, Step};
use super::company::Company;
use super::completer::Outcomes;
use super::engine::Engine;
use super::lanes::Lanes;
use super::open_lanes::OpenLanes;
use super::order::sort_by_plan;
use crate::error::{Error, Result};
use crate::priority::{Lane, Plan, Planner};
use crate::record::WorkerId;
use crate::store::{self, Backoff, Claimed, Look, PlacedLane, Remedy};

/// The most jobs of one claim.
const BATCH_MAX: usize = 512;
/// How long to wait until a look at everything, which something called for, is cheap enough again.
const DOUBT_PAUSE: Duration = Duration::from_millis(50);
/// How long the worker may go without reading which lanes there are, where it meets new ones in any case.
const NEWS_PATIENCE: Duration = Duration::from_secs(1);
/// The queue that stands for all of them.
const ALL_QUEUES: &str = "*";

pub(super) struct Claimer {
    engine: Arc<Engine>,
    admission: Admission,
    kinds: Vec<String>,
    planner: Planner,
    lanes: Lanes,
    open_lanes: OpenLanes,
    announcer: Announcer,
    company: Company,
    /// How many came since the last look.
    notifications: usize,
    /// Look everything through next time, and not only beyond the bounds.
    doubt: bool,
    /// A claim may have taken effect without our hearing of it.
    uncertain: bool,
    next_due: Option<Instant>,
}

impl Claimer {
    /// `uncertain` when an earlier one may have left jobs behind in our name.
    pub(super) fn new(engine: Arc<Engine>, outcomes: Outcomes, uncertain: bool) -> Self {
        let options = &engine.options;
        Self {
            kinds: engine.registry.names(),
            planner: Planner::new(options.queue_prioritization, options.queue_priorities.clone()),
            lanes: Lanes::default(),
            open_lanes: OpenLanes::default(),
            announcer: Announcer::new(Instant::now()),
            company: Company::default(),
            notifications: 0,
            doubt: true,
            uncertain,
            next_due: None,
            admission: Admission::new(engine.clone(), outcomes),
            engine,
        }
    }

    pub(super) async fn run(mut self) {
        let engine = self.engine.clone();
        let mut backoff = Backoff::default();
        // A claim is never cut short, or its jobs would be ours without our knowing; every wait is.
        while !engine.stopping.is_cancelled() {
            match self.once().await {
                Ok(()) => backoff.reset(),
                Err(error) => self.failed(&error, &mut backoff).await,
            }
        }
        if let Some(worker) = engine.worker() {
            // A flag that stays only costs needless notifications until the worker's row ends.
            let _ = store::disarm(&engine.work, worker).await;
        }
    }

    async fn failed(&mut self, error: &Error, backoff: &mut Backoff) {
        tracing::debug!(%error, "claim failed, trying again");
        self.announcer = Announcer::new(Instant::now());
        self.doubt = true;
        tokio::select! {
            () = backoff.wait() => {}
            () = self.engine.stopping.cancelled() => {}
        }
    }

    /// One round: waits for room, looks, and waits as the announcer says.
    pub(super) async fn once(&mut self) -> Result<()> {
        let Some(worker) = self.identity().await else { return Ok(()) };
        if self.engine.command().is_some() {
            self.engine.vitals.rests();
            return self.keep_quiet(worker).await;
        }
        self.engine.vitals.looks(Instant::now());
        if self.uncertain {
            self.reclaim(worker).await?;
        }
        self.make_room(worker).await?;
        if self.engine.stopping.is_cancelled() {
            return Ok(());
        }
        self.listen_to_calls().await?;
        let (caught, full) = self.look(worker).await?;
        let notifications = std::mem::take(&mut self.notifications);
        let look = Looked { caught, full, notifications, company: self.company.size() };
        let step = self.announcer.looked(Instant::now(), look);
        if self.is_busy() && matches!(step, Step::Pause(_)) && self.company.is_stale() {
            self.company.count(&self.engine).await?;
        }
        self.follow(step, worker).await
    }

    /// Waits until this worker may claim again. Enqueuers need not wake it until then.
    async fn keep_quiet(&mut self, worker: WorkerId) -> Result<()> {
        if self.announcer.is_armed() {
            self.disarm(worker).await?;
        }
        tokio::select! {
            () = self.engine.stopping.cancelled() => {}
            () = self.engine.unless_asked_not_to() => {}
            () = tokio::time::sleep(BUFFER_PATIENCE / 2), if self.engine.buffer.waiting() > 0 => self.admission.give_back_stale(),
        }
        Ok(())
    }

    /// Takes the one job that comes next, whatever it has looked at before; false when none is due.
    #[cfg(feature = "testing")]
    pub(super) async fn claim_next(&mut self) -> Result<bool> {
        let Some(worker) = self.identity().await else { return Ok(false) };
        self.refresh_lanes().await?;
        Ok(self.claim(worker, 1, true).await? > 0)
    }

    /// Who we are; waits while that is not certain.
    async fn identity(&mut self) -> Option<WorkerId> {
        let mut identity = self.engine.identity.subscribe();
        tokio::select! {
            () = self.engine.stopping.cancelled() => None,
            known = identity.wait_for(Option::is_some) => known.ok().and_then(|worker| *worker),
        }
    }

    /// Gives back what the database holds for us beyond what we know of.
    async fn reclaim(&mut self, worker: WorkerId) -> Result<()> {
        let returned = store::reclaim(&self.engine.work, worker, &self.engine.held.ids()).await?;
        self.uncertain = false;
        if returned > 0 {
            tracing::info!(returned, "gave back jobs whose claim was lost with the connection");
        }
        Ok(())
    }

    /// Waits until there is room worth a claim.
    async fn make_room(&mut self, worker: WorkerId) -> Result<()> {
        let engine = self.engine.clone();
        while !self.has_room() {
            self.engine.vitals.rests();
            tokio::select! {
                () = engine.stopping.cancelled() => return Ok(()),
                () = engine.buffer.freed() => {}
                () = engine.wake.rung(), if self.announcer.is_armed() => self.woken_without_room(worker).await?,
                () = tokio::time::sleep(BUFFER_PATIENCE / 2), if engine.buffer.waiting() > 0 => self.admission.give_back_stale(),
            }
        }
        Ok(())
    }

    /// Enqueuers pay for waking a worker that cannot use it. Jobs that are just on their way to free
    /// slots are no reason to stop listening; the call itself is kept until there is room.
    async fn woken_without_room(&mut self, worker: WorkerId) -> Result<()> {
        match self.engine.buffer.busy() >= self.engine.options.backend_concurrency {
            true => self.disarm(worker).await,
            false => Ok(()),
        }
    }

    /// While slots have work waiting, a small claim would only cost a round trip.
    fn has_room(&self) -> bool {
        let room = self.engine.room();
        match self.engine.buffer.waiting() {
            0 => room > 0,
            _ => room > self.engine.options.backend_concurrency.max(self.engine.prefetch.allowance() / 2),
        }
    }

    /// What was called since the last round.
    async fn listen_to_calls(&mut self) -> Result<()> {
        let calls = self.engine.wake.take();
        if calls.listening {
            // Whoever enqueued between the two listeners saw no flag, or woke nobody.
            self.announcer = Announcer::new(Instant::now());
            self.lanes.forget();
        }
        self.doubt |= calls.jobs || calls.listening;
        self.notifications += calls.notifications;
        if calls.lanes {
            self.lanes.outdate();
        }
        // Where open lanes are walked all the time, new ones are met soon.
        let is_met = self.is_busy() && self.open_lanes.are_walked(self.lanes.known().len());
        if self.lanes.is_stale(if is_met { NEWS_PATIENCE } else { Duration::ZERO }) {
            self.refresh_lanes().await?;
        }
        Ok(())
    }

    fn is_busy(&self) -> bool {
        matches!(self.announcer.mode(), Mode::Busy { .. })
    }

    async fn refresh_lanes(&mut self) -> Result<()> {
        let mut lanes = store::lanes(&self.engine.work).await?;
        lanes.retain(|lane| self.serves(lane));
        self.lanes.replace(lanes);
        Ok(())
    }

    fn serves(&self, lane: &Lane) -> bool {
        let served = &self.engine.options.queues;
        self.planner.serves(&lane.queue) && (served.is_empty() || served.contains(&lane.queue))
    }

    /// The lanes that a claim has to look into.
    async fn lanes_to_visit(&mut self) -> Result<Vec<Lane>> {
        let Some(mut open) = self.open_lanes.walk(self.lanes.known().len(), &self.engine).await? else {
            return Ok(self.lanes.known().to_vec());
        };
        open.retain(|lane| self.serves(lane));
        self.lanes.learn(&open);
        Ok(open)
    }

    /// Looks for jobs as the mode wants it. Returns how many were caught, and whether there may be
    /// more.
    async fn look(&mut self, worker: WorkerId) -> Result<(usize, bool)> {
        let room = self.engine.room().min(BATCH_MAX);
        let sweep = self.lanes.sweep_is_due() || (self.is_in_doubt() && self.lanes.sweep_is_cheap());
        if self.doubt && sweep && self.announcer.mode() == Mode::Asleep {
            // Woken: the job that was announced comes first, and what else there is afterwards.
            let caught = self.claim(worker, room, sweep).await?;
            self.doubt = caught == room;
            if caught > 0 {
                return Ok((caught, caught == room));
            }
        }
        let look = match self.announcer.mode() {
            Mode::Busy { .. } => None,
            Mode::Armed { .. } | Mode::Gate { .. } | Mode::Asleep => Some(self.ask(sweep).await?),
        };
        let idle = look.is_some_and(|look| !look.is_due);
        let caught = if idle { 0 } else { self.claim(worker, room, sweep).await? };
        if let Some(look) = look {
            self.learn(look, caught, room);
            self.pass_gate(look, caught, sweep);
        }
        if sweep {
            // One that had no room for more may have left jobs behind the bounds of other lanes.
            self.doubt = caught == room;
        }
        Ok((caught, caught == room))
    }

    async fn ask(&mut self, sweep: bool) -> Result<Look> {
        let began = Instant::now();
        let lanes = self.lanes_to_visit().await?;
        let everything = PlacedLane::new();
        let bounds = if sweep { &everything } else { self.lanes.bounds() };
        let look = store::look(&self.engine.work, &lanes, bounds).await?;
        if sweep {
            self.lanes.swept(began);
        }
        Ok(look)
    }

    /// What a look before a claim tells about the time after it.
    fn learn(&mut self, look: Look, caught: usize, room: usize) {
        if caught < room {
            self.lanes.exhausted(look.now);
        }
        self.next_due = look.next_due.map(|due| Instant::now() + (due - look.now).to_std().unwrap_or_default());
    }

    /// Only a look at everything opens the gate: the jobs of a transaction that began before the
    /// arming may stand behind the bounds.
    fn pass_gate(&mut self, look: Look, caught: usize, sweep: bool) {
        if sweep && caught == 0 && self.announcer.passed(look.oldest_transaction) {
            tracing::trace!("asleep");
        }
    }

    /// Whether there may be jobs behind the bounds.
    fn is_in_doubt(&self) -> bool {
        self.doubt || matches!(self.announcer.mode(), Mode::Gate { .. })
    }

    async fn claim(&mut self, worker: WorkerId, room: usize, sweep: bool) -> Result<usize> {
        let began = Instant::now();
        let lanes = self.lanes_to_visit().await?;
        let caught = self.claim_planned(worker, &lanes, room, sweep).await?;
        if sweep {
            self.lanes.swept(began);
        }
        Ok(caught)
    }

    /// Claims by the plan; with weights, what empty queues leave goes to the others, and what all
    /// of them leave to the queues without a weight.
    async fn claim_planned(&mut self, worker: WorkerId, lanes: &[Lane], room: usize, sweep: bool) -> Result<usize> {
        let mut lanes = lanes.to_vec();
        let mut caught = 0;
        while !lanes.is_empty() && caught < room {
            let plan = self.planner.plan(&lanes, room - caught);
            let jobs = self.claim_once(worker, &plan, room - caught, sweep).await?;
            let taken = count_by_queue(&jobs);
            caught += jobs.len();
            self.admission.admit(jobs).await;
            let Plan::InOrder(shares) = &plan else { break };
            if !self.planner.is_weighted() {
                break;
            }
            let visited: Vec<&str> =
                shares.iter().flat_map(|share| &share.lanes).map(|lane| lane.queue.as_str()).collect();
            let more = self.planner.settle(shares, &taken);
            lanes.retain(|lane| more.contains(&lane.queue) || !visited.contains(&lane.queue.as_str()));
        }
        Ok(caught)
    }

    async fn claim_once(&mut self, worker: WorkerId, plan: &Plan, room: usize, sweep: bool) -> Result<Vec<Claimed>> {
        let everything = PlacedLane::new();
        let bounds = if sweep { &everything } else { self.lanes.bounds() };
        let claimed = store::claim(&self.engine.work, worker, plan, bounds, &self.kinds, room).await;
        let mut jobs = claimed.map_err(|(error, remedy)| {
            self.uncertain |= remedy == Remedy::Reconnect;
            error
        })?;
        if !jobs.is_empty() {
            self.engine.meters.claim.counted(jobs.len());
        }
        sort_by_plan(&mut jobs, plan);
        self.lanes.claimed(&jobs, sweep);
        Ok(jobs)
    }

    async fn follow(&mut self, step: Step, worker: WorkerId) -> Result<()> {
        match step {
            Step::Again => Ok(()),
            Step::Pause(pause) => self.wait(pause).await,
            Step::Sleep => self.wait(self.engine.options.poll_interval()).await,
            Step::Disarm => self.disarm(worker).await,
            Step::Arm => {
                let by_redis = self.engine.by_redis() == Some(true);
                store::arm(&self.engine.work, worker, &self.armed_queues(), by_redis).await?;
                self.announcer.armed(Instant::now());
                Ok(())
            }
            Step::Approach => {
                self.announcer.approached(store::gate(&self.engine.work).await?);
                Ok(())
            }
        }
    }

    async fn disarm(&mut self, worker: WorkerId) -> Result<()> {
        store::disarm(&self.engine.work, worker).await?;
        self.announcer.disarmed(Instant::now());
        // The call that woke us in vain is not lost: we look once there is room.
        self.doubt = true;
        Ok(())
    }

    /// Waits so long, or until something was called, or a job is due.
    async fn wait(&self, longest: Duration) -> Result<()> {
        // A busy worker looks often enough, and does not ask when the next job is due.
        let is_busy = matches!(self.announcer.mode(), Mode::Busy { .. });
        let due = self.next_due.filter(|_| !is_busy);
        let due = due.map_or(longest, |due| due.saturating_duration_since(Instant::now()));
        let longest = if self.doubt { longest.min(DOUBT_PAUSE) } else { longest };
        tokio::select! {
            () = self.engine.stopping.cancelled() => {}
            () = self.engine.wake.rung() => {}
            () = tokio::time::sleep(longest.min(due)) => {}
        }
        Ok(())
    }

    fn armed_queues(&self) -> Vec<String> {
        match self.engine.options.queues.as_slice() {
            [] => vec![ALL_QUEUES.to_owned()],
            queues => queues.to_vec(),
        }
    }
}

fn count_by_queue(jobs: &[Claimed]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for job in jobs {
        *counts.entry(job.queue.clone()).or_default() += 1;
    }
    counts
}
