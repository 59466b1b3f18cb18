//! What is wrong at the moment, a sentence each.

use std::time::Duration;

use chrono::TimeDelta;
use task_tower::Trouble;

use super::asked::Asked;
use crate::look::{Icon, Look};
use crate::messages::Markup;
use crate::pages::links;
use crate::say;

/// More would hide the rest of the page.
const SHOWN_MAX: usize = 5;

/// A trouble as the page shows it.
pub(super) struct Notice {
    pub(super) icon: Icon,
    /// `warn` or `bad`.
    pub(super) tone: &'static str,
    pub(super) words: Markup,
}

/// The first of them, and in words how many there are beside.
pub(super) fn notices(asked: &Asked, look: &Look) -> (Vec<Notice>, Option<String>) {
    let troubles = asked.whole.as_ref().map_or(&[][..], |whole| &whole.troubles);
    let rest = troubles.len().saturating_sub(SHOWN_MAX) as u64;
    let shown = troubles.iter().take(SHOWN_MAX).filter_map(|trouble| notice(trouble, look)).collect();
    (shown, (rest > 0).then(|| look.m.trouble_more(rest)))
}

fn notice(trouble: &Trouble, look: &Look) -> Option<Notice> {
    let m = look.m;
    let worker = |id, host: &str| Markup::name(&crate::links::worker(id), host);
    let (icon, tone, words) = match trouble {
        Trouble::WorkerSilent { worker: id, host, heard_at, .. } => {
            let age = Markup::text(&say::age(m, look.now - heard_at));
            ("warning", "warn", m.trouble_worker_silent(worker(*id, host), age))
        }
        Trouble::WorkerDied { worker: id, host, died_at, rescued, .. } => {
            let jobs = if *rescued == 0 { m.trouble_rescued_none() } else { m.trouble_rescued(*rescued) };
            let time = Markup::text(&look.clock(*died_at));
            ("dead", "bad", m.trouble_worker_died(worker(*id, host), time, Markup::text(&jobs)))
        }
        Trouble::RunOverdue { job, kind, started_at, expected, .. } => {
            let job = Markup::name(&format!("jobs/{job}"), &job.short());
            let kind = Markup::name(&crate::links::kind_page(kind), kind);
            let (age, expected) = (say::age(m, look.now - started_at), length(look, *expected));
            ("warning", "warn", m.trouble_overdue(job, kind, Markup::text(&age), Markup::text(&expected)))
        }
        Trouble::QueueStandsStill { queue, running, since, .. } => {
            let (jobs, age) = (m.trouble_running(*running), say::age(m, look.now - since));
            let words = m.trouble_stands_still(links::queue(queue), Markup::text(&jobs), Markup::text(&age));
            ("warning", "bad", words)
        }
        // One that a later version of the library tells.
        _ => return None,
    };
    Some(Notice { icon: look.icon(icon), tone, words })
}

fn length(look: &Look, time: Duration) -> String {
    say::duration(look.m, TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX))
}
