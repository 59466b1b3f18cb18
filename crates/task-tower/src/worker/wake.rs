//! What wakes a sleeping claimer: notifications of the database, and our own knowledge.

use std::sync::Mutex;

use tokio::sync::Notify;

#[derive(Default)]
pub(super) struct Wake {
    calls: Mutex<Calls>,
    rung: Notify,
}

/// What was called since the last time somebody asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Calls {
    /// There may be jobs.
    pub(super) jobs: bool,
    /// So often the database said so.
    pub(super) notifications: usize,
    /// There may be lanes that we do not know.
    pub(super) lanes: bool,
    /// We listen anew: whatever was armed or heard before does not count.
    pub(super) listening: bool,
}

impl Calls {
    /// What a notification's payload means to a worker that serves these queues, or all where none is named: it is a queue's name, or a
    /// word that begins with a star.
    pub(super) fn from_payload(payload: &str, served: &[String]) -> Self {
        match payload {
            "*lanes" => Calls { lanes: true, ..Calls::default() },
            queue if !queue.starts_with('*') && !served.is_empty() && !served.iter().any(|name| name == queue) => {
                Calls::default()
            }
            _ => Calls { jobs: true, notifications: 1, ..Calls::default() },
        }
    }
}

impl Wake {
    pub(super) fn ring(&self, calls: Calls) {
        if calls == Calls::default() {
            return;
        }
        let mut heard = self.calls.lock().expect("no panic while held");
        heard.jobs |= calls.jobs;
        heard.notifications += calls.notifications;
        heard.lanes |= calls.lanes;
        heard.listening |= calls.listening;
        drop(heard);
        self.rung.notify_one();
    }

    /// What was called, and forgets it.
    pub(super) fn take(&self) -> Calls {
        std::mem::take(&mut *self.calls.lock().expect("no panic while held"))
    }

    /// Returns when something was called that nobody has waited for yet.
    pub(super) async fn rung(&self) {
        self.rung.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_serves_some_queues_is_not_called_for_those_of_others() {
        let served = ["mail".to_owned()];

        assert_eq!(Calls::from_payload("reports", &served), Calls::default());
        assert_eq!(Calls::from_payload("mail", &served).notifications, 1);
        assert!(Calls::from_payload("*lanes", &served).lanes);
    }

    #[test]
    fn who_serves_all_queues_is_called_for_each() {
        assert!(Calls::from_payload("reports", &[]).jobs);
    }

    #[test]
    fn notifications_are_counted_until_somebody_takes_them() {
        let wake = Wake::default();
        wake.ring(Calls::from_payload("mail", &[]));
        wake.ring(Calls::from_payload("reports", &[]));

        assert_eq!(wake.take().notifications, 2);
        assert_eq!(wake.take(), Calls::default());
    }
}
