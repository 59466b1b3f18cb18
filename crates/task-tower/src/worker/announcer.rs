//! When a worker looks and when it sleeps: the state machine, without the database.
//!
//! Asleep, it is armed: enqueuers see that and notify. Busy, it is not: it looks by itself, and
//! enqueuers commit without NOTIFY. Between the two stands the gate: after arming, it looks as long as enqueuers rely
//! on what they saw before, and then until every transaction that may have missed the flag has ended. Network cards deal with interrupts
//! the same way.

use std::time::{Duration, Instant};

use crate::store::ANSWER_AGE_MAX;

/// How often busy workers look that found nothing, all together.
const BUSY_PAUSE: Duration = Duration::from_millis(2);
/// Over how long catches are counted, to tell a busy time from a calm one.
const QUIET: Duration = Duration::from_millis(100);
/// Busy workers that together caught fewer than this within [`QUIET`] go to sleep. Fewer than make a
/// sleeper busy, so that a steady rate does not toggle the flag.
const CALM_CATCHES: usize = 25;
/// How many jobs caught within [`QUIET`], or notifications of jobs that perhaps others caught, make a sleeper busy: below, NOTIFY is cheaper than
/// looking; above, looking is (measured: about 1,000 jobs/s).
const BUSY_CATCHES: usize = 100;
/// So long after arming, no enqueuer relies on an answer of before: as old as one may be by the database's clock, and a
/// bit more, because ours does not run at quite the same pace.
const HEARSAY: Duration = ANSWER_AGE_MAX.saturating_add(Duration::from_millis(1));
/// The waits at the gate: from 2 ms, doubled, to 250 ms.
const GATE_PAUSE_MAX: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(super) struct Announcer {
    mode: Mode,
    catches: usize,
    notifications: usize,
    counting_since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Not armed. It has caught so many jobs since then.
    Busy { since: Instant, caught: usize },
    /// Armed a moment ago: enqueuers may still rely on what they saw before.
    Armed { since: Instant },
    /// Armed; waits for the transactions before this one to end.
    Gate { transaction: i64, pause: Duration },
    /// Armed, and nothing can be missed.
    Asleep,
}

/// What came of a look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looked {
    pub(super) caught: usize,
    /// It could have brought more, had there been room.
    pub(super) full: bool,
    /// So often it was notified since the look before.
    pub(super) notifications: usize,
    /// How many workers look for the same jobs, this one among them.
    pub(super) company: usize,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Look again at once.
    Again,
    /// Wait so long, or for a notification, then look.
    Pause(Duration),
    /// Arm; the gate comes later.
    Arm,
    /// Find out which transactions the gate has to wait for.
    Approach,
    /// Disarm, then go on as busy.
    Disarm,
    /// Sleep until a notification, the next due job, or the poll.
    Sleep,
}

impl Announcer {
    /// A worker that just began: it arms after its first look, if that finds nothing.
    pub(super) fn new(now: Instant) -> Self {
        let long_ago = now.checked_sub(QUIET).unwrap_or(now);
        Self { mode: Mode::Busy { since: long_ago, caught: 0 }, catches: 0, notifications: 0, counting_since: now }
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn looked(&mut self, now: Instant, look: Looked) -> Step {
        match self.mode {
            Mode::Busy { since, caught } => self.looked_busily(now, since, caught + look.caught, look),
            _ => match self.is_kept_busy(now, look) {
                true => Step::Disarm,
                false => self.looked_armed(now, look),
            },
        }
    }

    fn looked_armed(&mut self, now: Instant, look: Looked) -> Step {
        match self.mode {
            _ if look.caught > 0 => Step::Again,
            Mode::Armed { since } if now.duration_since(since) >= HEARSAY => Step::Approach,
            Mode::Armed { .. } | Mode::Busy { .. } => Step::Pause(BUSY_PAUSE),
            Mode::Gate { transaction, pause } => {
                self.mode = Mode::Gate { transaction, pause: (pause * 2).min(GATE_PAUSE_MAX) };
                Step::Pause(pause)
            }
            Mode::Asleep => Step::Sleep,
        }
    }

    fn looked_busily(&mut self, now: Instant, since: Instant, caught: usize, look: Looked) -> Step {
        let (is_over, full) = (now.duration_since(since) >= QUIET, look.full);
        if is_over && !full && caught * look.company < CALM_CATCHES {
            return Step::Arm;
        }
        self.mode = if is_over || full { Mode::Busy { since: now, caught: 0 } } else { Mode::Busy { since, caught } };
        if full { Step::Again } else { Step::Pause(BUSY_PAUSE * look.company as u32) }
    }

    /// An armed worker must not be notified of every job, whether it catches them or others do.
    fn is_kept_busy(&mut self, now: Instant, look: Looked) -> bool {
        if now.duration_since(self.counting_since) > QUIET {
            (self.counting_since, self.catches, self.notifications) = (now, 0, 0);
        }
        self.catches += look.caught;
        self.notifications += look.notifications;
        self.catches.max(self.notifications) >= BUSY_CATCHES
    }

    /// Whether enqueuers notify.
    pub(super) fn is_armed(&self) -> bool {
        !matches!(self.mode, Mode::Busy { .. })
    }

    pub(super) fn armed(&mut self, now: Instant) {
        self.mode = Mode::Armed { since: now };
    }

    /// At the gate: `transaction` is the first that begins from now on.
    pub(super) fn approached(&mut self, transaction: i64) {
        self.mode = Mode::Gate { transaction, pause: BUSY_PAUSE };
    }

    /// At the gate: the oldest transaction under way, read before a look that found nothing.
    pub(super) fn passed(&mut self, oldest_transaction: i64) -> bool {
        let Mode::Gate { transaction, .. } = self.mode else { return false };
        let passed = oldest_transaction >= transaction;
        if passed {
            self.mode = Mode::Asleep;
        }
        passed
    }

    pub(super) fn disarmed(&mut self, now: Instant) {
        self.mode = Mode::Busy { since: now, caught: 0 };
        (self.catches, self.notifications) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(caught: usize, full: bool, company: usize) -> Looked {
        Looked { caught, full, notifications: 0, company }
    }

    #[test]
    fn a_new_worker_arms_after_one_empty_look() {
        let now = Instant::now();

        let step = Announcer::new(now).looked(now, look(0, false, 1));

        assert_eq!(step, Step::Arm);
    }

    #[test]
    fn a_busy_worker_arms_after_a_hundred_calm_milliseconds() {
        let now = Instant::now();
        let mut announcer = Announcer::new(now);
        announcer.disarmed(now);

        assert_eq!(announcer.looked(now, look(CALM_CATCHES - 1, false, 1)), Step::Pause(BUSY_PAUSE));
        assert_eq!(announcer.looked(now + QUIET / 2, look(0, false, 1)), Step::Pause(BUSY_PAUSE));
        assert_eq!(announcer.looked(now + QUIET, look(0, false, 1)), Step::Arm);
    }

    #[test]
    fn a_sleeper_that_is_notified_much_is_busy_though_others_caught_the_jobs() {
        let now = Instant::now();
        let mut announcer = Announcer::new(now);
        announcer.armed(now);
        let notified = |notifications| Looked { notifications, ..look(0, false, 1) };

        assert_ne!(announcer.looked(now, notified(BUSY_CATCHES - 1)), Step::Disarm);
        assert_ne!(announcer.looked(now + QUIET * 2, notified(1)), Step::Disarm);
        assert_eq!(announcer.looked(now + QUIET * 2, notified(BUSY_CATCHES - 1)), Step::Disarm);
    }

    #[test]
    fn the_more_workers_are_busy_the_more_seldom_each_of_them_looks() {
        let now = Instant::now();
        let mut announcer = Announcer::new(now);
        announcer.disarmed(now);

        assert_eq!(announcer.looked(now, look(0, false, 4)), Step::Pause(BUSY_PAUSE * 4));
    }

    #[test]
    fn a_share_of_what_keeps_one_worker_busy_keeps_each_of_several_busy() {
        let now = Instant::now();
        let mut announcer = Announcer::new(now);
        announcer.disarmed(now);

        assert_eq!(
            announcer.looked(now + QUIET, look(CALM_CATCHES.div_ceil(4), false, 4)),
            Step::Pause(BUSY_PAUSE * 4)
        );
        assert_eq!(announcer.looked(now + QUIET * 2, look(CALM_CATCHES / 4, false, 4)), Step::Arm);
    }

    #[test]
    fn a_worker_that_catches_much_stays_busy() {
        let now = Instant::now();
        let mut announcer = Announcer::new(now);
        announcer.disarmed(now);

        assert_eq!(announcer.looked(now + QUIET, look(CALM_CATCHES, false, 1)), Step::Pause(BUSY_PAUSE));
        assert_eq!(announcer.looked(now + QUIET * 2, look(1, true, 1)), Step::Again);
        assert_eq!(announcer.looked(now + QUIET * 2, look(0, false, 1)), Step::Pause(BUSY_PAUSE));
        assert_eq!(announcer.looked(now + QUIET * 3, look(0, false, 1)), Step::Arm);
    }

    #[test]
    fn the_gate_is_not_approached_before_older_answers_are_forgotten() {
        let now = Instant::now();
        let mut announcer = Announcer::new(now);
        announcer.armed(now);

        assert_eq!(announcer.looked(now, look(0, false, 1)), Step::Pause(BUSY_PAUSE));
        assert_eq!(
            announcer.looked(now + HEARSAY - Duration::from_micros(1), look(0, false, 1)),
            Step::Pause(BUSY_PAUSE)
        );
        assert_eq!(announcer.looked(now + HEARSAY, look(0, false, 1)), Step::Approach);
    }

    #[test]
    fn the_gate_opens_when_older_transactions_have_ended() {
        let now = Instant::now();
        let mut announcer = Announcer::new(now);
        announcer.approached(100);

        assert!(!announcer.passed(99));
        assert_eq!(announcer.looked(now, look(0, false, 1)), Step::Pause(Duration::from_millis(2)));
        assert_eq!(announcer.looked(now, look(0, false, 1)), Step::Pause(Duration::from_millis(4)));
        assert!(announcer.passed(100));
        assert_eq!(announcer.looked(now, look(0, false, 1)), Step::Sleep);
    }

    #[test]
    fn a_sleeper_that_catches_much_becomes_busy() {
        let now = Instant::now();
        let mut announcer = Announcer::new(now);
        announcer.approached(1);
        announcer.passed(1);

        assert_eq!(announcer.looked(now, look(99, false, 1)), Step::Again);
        assert_eq!(announcer.looked(now, look(1, false, 1)), Step::Disarm);
    }

    #[test]
    fn a_worker_is_armed_from_the_gate_on() {
        let mut announcer = Announcer::new(Instant::now());
        assert!(!announcer.is_armed());

        announcer.armed(Instant::now());

        assert!(announcer.is_armed());
    }

    #[test]
    fn catches_of_long_ago_do_not_count() {
        let now = Instant::now();
        let mut announcer = Announcer::new(now);
        announcer.approached(1);
        announcer.passed(1);
        announcer.looked(now, look(99, false, 1));

        let later = now + QUIET + Duration::from_millis(1);

        assert_eq!(announcer.looked(later, look(99, false, 1)), Step::Again);
    }
}
