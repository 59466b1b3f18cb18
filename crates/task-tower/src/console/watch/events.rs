//! Tells what begins and what ends to all who listen. It looks only while somebody does, and once for all of them.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::MissedTickBehavior;

use super::{Known, Watch};
use crate::console::Console;
use crate::record::Trouble;

/// How many events somebody may be behind; what is older is missed.
pub const EVENTS_MAX: usize = 1_024;

/// What [`Events`] tell.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TowerEvent {
    /// Something is wrong. Told once for each occurrence, and first of all for what was wrong when the listening began.
    Began(Trouble),
    /// It is not wrong any more. With what was known of it last.
    Ended(Trouble),
    /// The listener was more than [`EVENTS_MAX`] behind, and has missed so many. [`Console::troubles`] tells how it is.
    Missed(u64),
}

/// What happens to the tower. Made by [`TaskTower::events`](crate::TaskTower::events) and [`Console::events`].
#[derive(Debug)]
pub struct Events {
    /// What was wrong when the listening began.
    first: VecDeque<Trouble>,
    words: broadcast::Receiver<TowerEvent>,
}

impl Events {
    /// The next one. `None` when the runtime has ended in which the first of those who listen began to.
    ///
    /// It is safe to be dropped while it waits: no event is lost.
    pub async fn recv(&mut self) -> Option<TowerEvent> {
        if let Some(trouble) = self.first.pop_front() {
            return Some(TowerEvent::Began(trouble));
        }
        match self.words.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(missed)) => Some(TowerEvent::Missed(missed)),
            Err(RecvError::Closed) => None,
        }
    }
}

impl Console {
    /// Listens to what begins and what ends to be wrong: see [`Trouble`] for what that is. Of the dead, only those are
    /// told that died while somebody listened.
    ///
    /// As long as anybody listens, the tower looks once in a
    /// [`heartbeat_interval`](crate::Options::heartbeat_interval), by one statement, however many listen. Must be called
    /// inside a tokio runtime. While the database is away, nothing is told.
    ///
    /// ```no_run
    /// # async fn example(tower: task_tower::TaskTower) {
    /// use task_tower::{TowerEvent, Trouble};
    ///
    /// let mut events = tower.events();
    /// while let Some(event) = events.recv().await {
    ///     match event {
    ///         TowerEvent::Began(Trouble::WorkerDied { host, rescued, .. }) => {
    ///             println!("a worker on {host} has died, {rescued} jobs were taken from it");
    ///         }
    ///         other => println!("{other:?}"),
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn events(&self) -> Events {
        let mut known = self.watch.known();
        let first = known.troubles.values().filter(|trouble| trouble.lasts()).cloned().collect();
        let events = Events { first, words: known.words.subscribe() };
        if !std::mem::replace(&mut known.is_watching, true) {
            tokio::spawn(Watcher { console: self.clone(), is_over: false }.run());
        }
        events
    }
}

/// Looks for all who listen.
struct Watcher {
    console: Console,
    /// Nobody listens any more, and another one may be at work by now.
    is_over: bool,
}

impl Watcher {
    async fn run(mut self) {
        let watch: Arc<Watch> = self.console.watch.clone();
        let mut tick = tokio::time::interval(watch.interval);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if watch.is_alone() {
                self.is_over = true;
                return;
            }
            match self.console.troubles().await {
                Ok(troubles) => watch.learn(troubles),
                Err(error) => tracing::debug!(%error, "could not look for trouble, trying again"),
            }
        }
    }
}

/// A watcher that was cut short with its runtime ends what was listened to, and leaves the watch to the next one.
impl Drop for Watcher {
    fn drop(&mut self) {
        if !self.is_over {
            self.console.watch.known().forget();
        }
    }
}

impl Watch {
    /// Nobody listens any more, and the next one to come begins anew.
    fn is_alone(&self) -> bool {
        let mut known = self.known();
        let is_alone = known.words.receiver_count() == 0;
        if is_alone {
            known.forget();
        }
        is_alone
    }

    fn learn(&self, troubles: Vec<Trouble>) {
        let mut known = self.known();
        for event in known.changes(troubles) {
            // Nobody hears it when the last one has just left.
            let _ = known.words.send(event);
        }
    }
}

impl Known {
    /// Whoever listens still hears no more.
    fn forget(&mut self) {
        *self = Self { usual: self.usual.take(), ..Self::default() };
    }

    fn changes(&mut self, troubles: Vec<Trouble>) -> Vec<TowerEvent> {
        let is_first = !std::mem::replace(&mut self.has_looked, true);
        let now = troubles.into_iter().map(|trouble| (trouble.key(), trouble)).collect();
        let before = std::mem::replace(&mut self.troubles, now);
        let ended = before.iter().filter(|(key, trouble)| trouble.lasts() && !self.troubles.contains_key(*key));
        let began =
            self.troubles.iter().filter(|(key, trouble)| !before.contains_key(*key) && (trouble.lasts() || !is_first));
        let ended = ended.map(|(_, trouble)| TowerEvent::Ended(trouble.clone()));
        ended.chain(began.map(|(_, trouble)| TowerEvent::Began(trouble.clone()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::record::WorkerId;

    fn stands_still(running: u64) -> Trouble {
        Trouble::QueueStandsStill { queue: "mail".to_owned(), running, since: DateTime::UNIX_EPOCH }
    }

    fn died(worker: i64) -> Trouble {
        let (worker, host, died_at) = (WorkerId(worker), "far".to_owned(), DateTime::UNIX_EPOCH);
        Trouble::WorkerDied { worker, host, process_id: 1, died_at, rescued: 2 }
    }

    #[test]
    fn what_goes_on_is_told_once_and_its_end_with_what_was_known_last() {
        let mut known = Known::default();

        assert_eq!(known.changes(vec![stands_still(1)]), [TowerEvent::Began(stands_still(1))]);
        assert!(known.changes(vec![stands_still(2)]).is_empty());
        assert_eq!(known.changes(vec![]), [TowerEvent::Ended(stands_still(2))]);
        assert_eq!(known.changes(vec![stands_still(3)]), [TowerEvent::Began(stands_still(3))]);
    }

    #[tokio::test]
    async fn who_is_too_far_behind_hears_how_many_events_were_missed() {
        let (words, receiver) = broadcast::channel(2);
        let mut events = Events { first: VecDeque::new(), words: receiver };

        for running in 1..=4 {
            words.send(TowerEvent::Began(stands_still(running))).unwrap();
        }

        assert_eq!(events.recv().await, Some(TowerEvent::Missed(2)));
        assert_eq!(events.recv().await, Some(TowerEvent::Began(stands_still(3))));
    }

    #[test]
    fn a_death_is_told_once_and_has_no_end_and_the_dead_of_before_are_no_news() {
        let mut known = Known::default();

        assert!(known.changes(vec![died(1)]).is_empty());
        assert_eq!(known.changes(vec![died(1), died(2)]), [TowerEvent::Began(died(2))]);
        assert!(known.changes(vec![died(2)]).is_empty());
    }
}
