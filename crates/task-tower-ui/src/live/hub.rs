//! One for each dashboard: as long as somebody listens, it feels the pulse of the tower and tells
//! everybody what changed. The number of listeners does not matter to the database.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use task_tower::{Console, Pulse, Result};
use tokio::sync::{Semaphore, broadcast, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::guest::Guest;
use super::topic::{Topic, Word};

/// How often the tower is asked: no topic is told of more often than this.
const BEAT: Duration = Duration::from_millis(250);
/// While jobs run, they change all the time: pages look this often.
const ACTIVE: Duration = Duration::from_secs(1);
/// Numbers that pages show may be two seconds old: so long after the last change, they look once more.
const SETTLED: Duration = Duration::from_millis(2_250);
/// How long a database that is away is left alone.
const AWAY: Duration = Duration::from_secs(2);
/// How many may listen at a time.
const GUESTS_MAX: usize = 64;
/// How many words somebody may be behind before they have to look at everything.
const BACKLOG_MAX: usize = 64;

/// Tells two hubs of one process apart.
static HUBS: AtomicU64 = AtomicU64::new(0);

#[derive(Clone)]
pub(crate) struct Hub {
    console: Console,
    shared: Arc<Shared>,
}

struct Shared {
    /// Tells whether a page was told its last word by this hub.
    id: u64,
    seats: Arc<Semaphore>,
    words: broadcast::Sender<(u64, Word)>,
    /// Whether there is a pulse to compare the next one with: before, a change would not be seen.
    is_ready: watch::Sender<bool>,
    known: Mutex<Known>,
}

/// What the hub knows.
#[derive(Default)]
struct Known {
    is_watching: bool,
    pulse: Option<Pulse>,
    /// Something has begun or ceased to be wrong since pages were told of workers.
    is_troubled: bool,
    rev: u64,
    /// When each topic last changed.
    revs: [u64; Topic::ALL.len()],
    jobs_told_at: Option<Instant>,
    /// When pages are to look once more, if nothing changes before.
    settles_at: Option<Instant>,
}

impl Hub {
    pub(crate) fn new(console: Console) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as u64;
        let shared = Shared {
            id: since.wrapping_add(HUBS.fetch_add(1, Ordering::Relaxed)),
            seats: Arc::new(Semaphore::new(GUESTS_MAX)),
            words: broadcast::Sender::new(BACKLOG_MAX),
            is_ready: watch::Sender::new(false),
            known: Mutex::default(),
        };
        Self { console, shared: Arc::new(shared) }
    }

    /// A new listener, who last heard the word with this id; `None` when there are too many.
    pub(super) fn receive(&self, last: Option<String>) -> Option<Guest> {
        let seat = Arc::clone(&self.shared.seats).try_acquire_owned().ok()?;
        let guest = Guest::new(self.clone(), seat, self.shared.words.subscribe(), last);
        if !std::mem::replace(&mut self.known().is_watching, true) {
            tokio::spawn(self.clone().watch());
        }
        Some(guest)
    }

    /// What somebody who last heard the word with this id is told first, and the newest word of all.
    pub(super) async fn greeting(&self, last: Option<&str>) -> (u64, Vec<Word>) {
        let mut is_ready = self.shared.is_ready.subscribe();
        is_ready.wait_for(|ready| *ready).await.expect("this hub has the other end");
        let known = self.known();
        (known.rev, known.greeting(self.shared.id, last))
    }

    /// The id of the newest word. Who gives it to the stream later is told of all that has changed since.
    pub(crate) async fn rev(&self) -> Result<String> {
        // While nobody listens, nobody would know what it was like at this moment.
        if !*self.shared.is_ready.borrow() {
            self.tell(self.console.pulse().await?);
        }
        Ok(self.word_id(self.known().rev))
    }

    /// As a word has it in the stream.
    pub(super) fn word_id(&self, rev: u64) -> String {
        format!("{:x}-{rev}", self.shared.id)
    }

    async fn watch(self) {
        tokio::select! {
            () = self.feel() => {}
            () = self.hear() => {}
        }
    }

    /// Until nobody listens any more.
    async fn feel(&self) {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.is_alone() {
            beat.tick().await;
            match self.console.pulse().await {
                Ok(pulse) => {
                    self.tell(pulse);
                    self.shared.is_ready.send_replace(true);
                }
                Err(error) => {
                    tracing::debug!(%error, "could not feel the pulse");
                    sleep(AWAY).await;
                }
            }
        }
    }

    /// A worker that falls silent changes nothing that a pulse could tell. Never returns.
    async fn hear(&self) {
        loop {
            let mut troubles = self.console.events();
            while troubles.recv().await.is_some() {
                self.known().is_troubled = true;
            }
        }
    }

    /// Nobody listens any more, and the next one to come starts the watch anew.
    fn is_alone(&self) -> bool {
        let mut known = self.known();
        known.is_watching = self.shared.words.receiver_count() > 0;
        if !known.is_watching {
            self.shared.is_ready.send_replace(false);
        }
        !known.is_watching
    }

    fn tell(&self, pulse: Pulse) {
        let mut known = self.known();
        for topic in known.changed(&pulse, Instant::now()) {
            let rev = known.note(topic);
            // Nobody hears it when the last one has just left.
            let _ = self.shared.words.send((rev, Word::Changed(topic)));
        }
        known.pulse = Some(pulse);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.shared.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// What somebody is told first.
    fn greeting(&self, hub: u64, last: Option<&str>) -> Vec<Word> {
        let Some(last) = last else { return vec![Word::Hello] };
        let heard = last.split_once('-').filter(|(id, _)| *id == format!("{hub:x}"));
        let Some(heard) = heard.and_then(|(_, rev)| rev.parse::<u64>().ok()) else {
            return vec![Word::Hello, Word::Resync];
        };
        let missed = Topic::ALL.into_iter().zip(self.revs).filter(|(_, rev)| *rev > heard);
        [Word::Hello].into_iter().chain(missed.map(|(topic, _)| Word::Changed(topic))).collect()
    }

    fn changed(&mut self, pulse: &Pulse, now: Instant) -> Vec<Topic> {
        let Some(before) = &self.pulse else { return Vec::new() };
        let has_changed = |topic: &Topic| topic.mark(before) != topic.mark(pulse);
        let is_quiet = self.jobs_told_at.is_some_and(|told| pulse.is_active && now - told < ACTIVE);
        let is_moving = pulse.is_active || has_changed(&Topic::Jobs);
        let is_settled = self.settles_at.is_some_and(|at| at <= now);
        let is_troubled = std::mem::take(&mut self.is_troubled);
        let is_told = |topic: &Topic| match topic {
            Topic::Jobs => (is_moving || is_settled) && !is_quiet,
            Topic::Workers => is_troubled || has_changed(topic),
            other => has_changed(other),
        };
        let told: Vec<Topic> = Topic::ALL.into_iter().filter(is_told).collect();
        if told.contains(&Topic::Jobs) {
            self.settles_at = is_moving.then(|| now + SETTLED);
        }
        told
    }

    fn note(&mut self, topic: Topic) -> u64 {
        self.rev += 1;
        self.revs[topic as usize] = self.rev;
        if topic == Topic::Jobs {
            self.jobs_told_at = Some(Instant::now());
        }
        self.rev
    }
}
