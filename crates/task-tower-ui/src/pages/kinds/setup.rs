//! How workers run a kind: its configuration as they told it, and the delays before its retries.

use std::time::Duration;

use chrono::TimeDelta;
use task_tower::{KindRegistration, KindSetup, UniqueSetup};

use crate::look::{Backoff, Look, Plot, Twin};
use crate::messages::{Markup, Messages};
use crate::say;

/// So many workers are named one by one.
const WORKERS_SHOWN: usize = 5;

/// One way in which workers run the kind.
pub(super) struct Setup {
    /// Who does so, where not all do.
    pub(super) who: Option<Markup>,
    pub(super) facts: Vec<(String, Markup)>,
    /// `None` when no job is tried again.
    pub(super) backoff: Option<Plot>,
    /// What the delays are.
    pub(super) explained: String,
}

pub(super) fn setups(registrations: &[KindRegistration], look: &Look) -> Vec<Setup> {
    let is_told = registrations.len() > 1;
    registrations.iter().map(|one| Setup::new(one, is_told, look)).collect()
}

/// What is to be known of all of them together.
pub(super) fn note(registrations: &[KindRegistration], m: Messages) -> String {
    match registrations {
        [] => m.kind_setup_none(),
        [first, ..] if !first.lives => m.kind_setup_ended(),
        [_] => m.kind_setup_agreed(),
        _ => m.kind_setup_differs(),
    }
}

impl Setup {
    fn new(registration: &KindRegistration, is_told: bool, look: &Look) -> Self {
        Self {
            who: is_told.then(|| who(registration, look.m)),
            facts: facts(&registration.setup, look),
            backoff: backoff(&registration.setup, look),
            explained: match registration.setup.retry_policy.as_str() {
                "custom" => look.m.kind_delays_asked(),
                _ => look.m.kind_delays_explained(),
            },
        }
    }
}

/// The versions, and some of the workers.
fn who(registration: &KindRegistration, m: Messages) -> Markup {
    let workers = &registration.workers;
    let link = |id: &task_tower::WorkerId| Markup::link(&format!("../{}", crate::links::worker(*id)), &id.to_string());
    let named = Markup::list(workers.iter().take(WORKERS_SHOWN).map(link));
    let versions = Markup::code(&registration.versions.join(", "));
    match workers.len().saturating_sub(WORKERS_SHOWN) as u64 {
        0 => m.kind_setup_who(versions, named),
        more => m.kind_setup_who_more(versions, named, Markup::text(&m.kind_setup_more(more))),
    }
}

fn facts(setup: &KindSetup, look: &Look) -> Vec<(String, Markup)> {
    let m = look.m;
    let words = |text: String| Markup::text(&text);
    let queue = match setup.queue.as_str() {
        "" => words(say::NOTHING.to_owned()),
        name => Markup::name(&format!("../{}", crate::links::queue_page(name)), name),
    };
    let timeout = |limit: u64| look.duration(TimeDelta::milliseconds(i64::try_from(limit).unwrap_or(i64::MAX)));
    let mut facts = vec![
        (m.job_queue(), queue),
        (m.form_priority(), words(setup.priority.to_string())),
        (m.form_retries(), words(say::with_commas(u64::from(setup.max_retries)))),
        (m.kind_backoff(), words(policy(setup, m))),
        (m.job_timeout(), words(setup.timeout_ms.map_or_else(|| m.kind_no_timeout(), timeout))),
        (m.kind_unique(), setup.unique.as_ref().map_or_else(|| words(m.kind_unique_not()), |unique| same(unique, m))),
    ];
    let moments = setup.interceptors.iter();
    facts.extend(moments.map(|(moment, names)| (m.kind_interceptors(moment), codes(names))));
    facts
}

fn policy(setup: &KindSetup, m: Messages) -> String {
    match setup.retry_policy.as_str() {
        "custom" => m.kind_backoff_custom(),
        _ => m.kind_backoff_standard(),
    }
}

fn same(unique: &UniqueSetup, m: Messages) -> Markup {
    match unique {
        UniqueSetup::Kind => Markup::text(&m.kind_unique_by_kind()),
        UniqueSetup::Fields(fields) => m.kind_unique_by_fields(codes(fields)),
        _ => Markup::text(&m.kind_unique_by_payload()),
    }
}

fn codes(names: &[String]) -> Markup {
    Markup::list(names.iter().map(|name| Markup::code(name)))
}

fn backoff(setup: &KindSetup, look: &Look) -> Option<Plot> {
    let delays: Vec<(Duration, Duration)> = setup
        .retry_delays_ms
        .iter()
        .map(|(least, most)| (Duration::from_millis(*least), Duration::from_millis(*most)))
        .collect();
    let plot = Backoff { name: look.m.kind_delays(), twin: twin(&delays, look), delays };
    (!setup.retry_delays_ms.is_empty()).then(|| plot.plot(look))
}

/// Each delay, and how long after the first failure its retry begins, if the runs took no time.
fn twin(delays: &[(Duration, Duration)], look: &Look) -> Twin {
    let m = look.m;
    let range = |(least, most): (Duration, Duration)| match least == most {
        true => look.span(least),
        false => m.kind_from_to(look.span(least), look.span(most)),
    };
    let mut sum = (Duration::ZERO, Duration::ZERO);
    let mut row = |(place, delay): (usize, &(Duration, Duration))| {
        sum = (sum.0.saturating_add(delay.0), sum.1.saturating_add(delay.1));
        vec![(place + 1).to_string(), range(*delay), range(sum)]
    };
    Twin {
        summary: m.look_table(),
        head: vec![m.kind_retry(), m.kind_delay(), m.kind_delay_in_all()],
        rows: delays.iter().enumerate().map(&mut row).collect(),
        ..Twin::default()
    }
}
