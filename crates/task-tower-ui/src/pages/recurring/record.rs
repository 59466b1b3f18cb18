//! What several pages say of a recurring job.

use chrono::{DateTime, TimeDelta, Utc};
use task_tower::{ClockChange, JobState, MissedRuns, Occurrence, Overlap, RecurringRecord, TickOutcome, TickRecord};

use crate::access::Visitor;
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::look::{Look, Stamp};
use crate::messages::{Markup, Messages};

/// As many as the overview shows.
const NEXT_SHOWN: usize = 5;

/// A line of the overview.
pub(in crate::pages) struct NextLine {
    pub(in crate::pages) name: String,
    pub(in crate::pages) href: String,
    pub(in crate::pages) words: String,
    pub(in crate::pages) time: Stamp,
}

/// What comes next, the first of it first.
pub(in crate::pages) async fn next_lines(desk: &Desk, visitor: &Visitor, look: &Look) -> Result<Vec<NextLine>, Fault> {
    let next = desk.next_recurring(NEXT_SHOWN, visitor).await?;
    let line = |recurring: RecurringRecord| {
        let time = look.until(recurring.next_at?);
        Some(NextLine {
            href: crate::links::recurring(&recurring.name),
            words: words(&recurring),
            time,
            name: recurring.name,
        })
    };
    Ok(next.into_iter().filter_map(line).collect())
}

/// What its expression says. One that only a newer program understands says itself.
pub(super) fn words(recurring: &RecurringRecord) -> String {
    recurring.recurrence().map_or_else(|| recurring.expression.clone(), |recurrence| recurrence.words())
}

/// Who paused it, until when and why.
pub(super) fn pause(recurring: &RecurringRecord, look: &Look) -> Option<Markup> {
    let m = look.m;
    let at = Markup::shown(&look.moment(recurring.paused_at?));
    let who = Markup::text(recurring.paused_by.as_deref().unwrap_or_default());
    let since = m.recurring_paused_by(who, at);
    let until = recurring.paused_until.map(|until| Markup::shown(&look.moment(until)));
    let told = match until {
        Some(until) => m.recurring_paused_until(since, until),
        None => since,
    };
    Some(match &recurring.paused_reason {
        Some(reason) => m.recurring_paused_why(told, Markup::text(reason)),
        None => told,
    })
}

pub(super) fn missed(missed: MissedRuns, m: Messages) -> String {
    match missed {
        MissedRuns::Skip => m.recurring_missed_skip(),
        MissedRuns::All(most) => m.recurring_missed_all(most),
        _ => m.recurring_missed_once(),
    }
}

pub(super) fn overlap(overlap: Overlap, m: Messages) -> String {
    match overlap {
        Overlap::Skip => m.recurring_overlap_skip(),
        Overlap::Queue => m.recurring_overlap_queue(),
        _ => m.recurring_overlap_allow(),
    }
}

/// What a change of the clock has to do with a time.
pub(super) fn change(run: &Occurrence, m: Messages) -> Option<String> {
    Some(match run.change()? {
        ClockChange::LeftOut(time) => m.recurring_note_left_out(time.format("%H:%M")),
        ClockChange::OnlyFirst => m.recurring_note_first(),
        ClockChange::Both => m.recurring_note_both(),
    })
}

/// What became of a time, beside its job.
pub(super) fn outcome(tick: &TickRecord, m: Messages) -> String {
    match tick.outcome {
        TickOutcome::ByHand => m.recurring_outcome_by_hand(),
        TickOutcome::Queued => m.recurring_outcome_queued(),
        TickOutcome::Overlap => m.recurring_outcome_overlap(),
        TickOutcome::Missed => m.recurring_outcome_missed(tick.missed.into()),
        TickOutcome::Skipped => m.recurring_outcome_skipped(),
        _ => m.recurring_outcome_enqueued(),
    }
}

/// The color of a time: that of its job; muted where it made none, or where none is kept.
pub(super) fn class(tick: &TickRecord) -> &'static str {
    tick.state.map_or("muted", |state| state.as_str())
}

/// The state of its job; that it made none; or that its job is not kept any more.
pub(super) fn badge(tick: &TickRecord, look: &Look) -> Badge {
    match (tick.state, tick.job) {
        (Some(state), _) => look.badge(state),
        (None, Some(_)) => look.badge_of("completed", look.m.recurring_gone()),
        (None, None) => look.badge_of("scheduled", outcome(tick, look.m)),
    }
}

/// How long the latest run of its job took, or takes.
pub(super) fn took(tick: &TickRecord, now: DateTime<Utc>) -> Option<TimeDelta> {
    let end = match tick.state? {
        JobState::Processing => now,
        _ => tick.finished_at?,
    };
    Some((end - tick.attempted_at?).max(TimeDelta::zero()))
}
