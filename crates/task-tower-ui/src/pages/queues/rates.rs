//! How fast jobs come and go, how many slots they take, and whether those will do.

use task_tower::{QueueActivity, QueueRecord};

use crate::look::{Bar, Look, Spark};
use crate::messages::{Markup, Messages};
use crate::say;

/// Fewer jobs are no trend.
const TREND_MIN: f64 = 1.0;

/// Jobs per minute; a digit behind the point where there are few.
pub(super) fn rate(per_minute: f64) -> String {
    match per_minute {
        rate if rate > 0.0 && rate < 10.0 && rate.fract() > 0.0 => format!("{rate:.1}"),
        rate => say::with_commas(rate.round() as u64),
    }
}

/// How many of the slots that serve the queue run jobs of it; nothing where none does.
pub(super) fn in_use(activity: &QueueActivity, m: Messages) -> Option<Bar> {
    let total = activity.slots.max(activity.running);
    let name = m.queues_in_use_of(activity.running, activity.slots);
    (total > 0).then(|| Bar { name, parts: vec![("processing", activity.running)], total, width: 72, height: 6 })
}

/// How many jobs of it ran in the last hour.
pub(super) fn hour(activity: &QueueActivity, m: Messages) -> Spark {
    let values = activity.running_last_hour.clone();
    Spark { name: m.queues_running_last_hour(), class: "processing", values, bars: false, width: 84, height: 28 }
}

/// What is said of a queue that fills up, and where its workers are, from the root of the dashboard.
pub(super) struct Notice {
    pub(super) words: Markup,
    /// `None` where no worker serves it.
    pub(super) workers: Option<String>,
}

/// A queue into which more comes than goes out of it, while no slot is free for it.
pub(super) struct Filling {
    name: String,
    rates: (String, String),
    /// Whether a worker serves it.
    is_served: bool,
    /// How many slots it has now, and how many would do; `None` when nothing goes out.
    slots: Option<(u64, u64)>,
}

impl Filling {
    pub(super) fn of(queue: &QueueRecord, activity: &QueueActivity) -> Option<Self> {
        let (came, gone) = (activity.in_per_minute, activity.out_per_minute);
        let is_growing = came >= TREND_MIN && came > gone && queue.enqueued > 0;
        let is_full = activity.busy >= activity.slots;
        let needed = (activity.running as f64 * came / gone).ceil() as u64;
        (queue.paused_at.is_none() && is_growing && is_full).then(|| Self {
            name: queue.name.clone(),
            rates: (rate(came), rate(gone)),
            is_served: activity.workers > 0,
            slots: (gone > 0.0 && activity.running > 0).then_some((activity.running, needed)),
        })
    }

    /// What is said of it. `root` is the way to the root of the dashboard.
    pub(super) fn notice(&self, root: &str, look: &Look) -> Notice {
        let workers = || format!("{}#workers", crate::links::queue_page(&self.name));
        Notice { words: self.words(root, look), workers: self.is_served.then(workers) }
    }

    fn words(&self, root: &str, look: &Look) -> Markup {
        let m = look.m;
        let link = Markup::link(&format!("{root}{}", crate::links::queue_page(&self.name)), &self.name);
        let (came, gone) = (Markup::text(&self.rates.0), Markup::text(&self.rates.1));
        let number = |number: u64| Markup::text(&say::with_commas(number));
        match (self.is_served, self.slots) {
            (false, _) => m.queues_fills_unserved(link, came),
            (true, Some((slots, needed))) => m.queues_fills(link, came, gone, number(slots), number(needed)),
            (true, None) => m.queues_fills_full(link, came, gone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_a_digit_behind_the_point_only_where_it_says_something() {
        assert_eq!([0.0, 0.04, 0.4, 5.0, 9.6, 12.6, 1_840.2].map(rate), ["0", "0.0", "0.4", "5", "9.6", "13", "1,840"]);
    }
}
