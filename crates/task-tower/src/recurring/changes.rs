//! Every change of a recurring job, in the transaction of whoever makes it. Each answers what the audit is to know of it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::record::JobId;
use crate::recurrence::Recurrence;
use crate::store::{self, Change, HeldRecurring, RecurringRow};

/// The longest reason, in bytes.
const REASON_BYTES_MAX: usize = 500;

/// What is asked of a pause.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pause<'a> {
    pub(crate) until: Option<DateTime<Utc>>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) actor: &'a str,
}

/// Adds one that is not there yet.
pub(crate) async fn add(change: &Change<'_>, row: RecurringRow) -> Result<Value> {
    match store::hold_recurring(change, &row.name).await? {
        (now, None) => write_new(change, row, now).await,
        (_, Some(_)) => Err(Error::conflict(format!("add recurring job \"{}\": it is there already", row.name))),
    }
}

/// Sets one that is there; with `seen`, only as long as it has this revision. What it was paused for stays.
pub(crate) async fn edit(change: &Change<'_>, row: RecurringRow, seen: Option<&str>) -> Result<Value> {
    let (now, held) = hold(change, &row.name).await?;
    check_seen(&held, seen)?;
    overwrite(change, &held.row, by_hand(row, &held.row), now).await
}

/// What its code says stays known.
fn by_hand(row: RecurringRow, before: &RecurringRow) -> RecurringRow {
    let is_edited = before.source.is_some();
    RecurringRow { source: before.source.clone(), code: before.code.clone(), is_edited, ..row }
}

/// Adds it, or sets it so. Nothing is done, and nothing to be told, if it is so already.
pub(crate) async fn set(change: &Change<'_>, row: RecurringRow) -> Result<Option<Value>> {
    let row = RecurringRow { code: None, ..row };
    match store::hold_recurring(change, &row.name).await? {
        (now, None) => write_new(change, row, now).await.map(Some),
        (_, Some(held)) if is_same(&held.row, &row) => Ok(None),
        (now, Some(held)) => overwrite(change, &held.row, by_hand(row, &held.row), now).await.map(Some),
    }
}

/// Sets it as code says it, also when it is so already but by hand.
pub(super) async fn write_said(change: &Change<'_>, row: RecurringRow) -> Result<Value> {
    match store::hold_recurring(change, &row.name).await? {
        (now, None) => write_new(change, row, now).await,
        (now, Some(held)) => overwrite(change, &held.row, row, now).await,
    }
}

pub(crate) async fn remove(change: &Change<'_>, name: &str) -> Result<Value> {
    let (_, held) = hold(change, name).await?;
    store::remove_recurring(change, name).await?;
    store::announce_recurring(change).await?;
    Ok(json!({ "before": told(&held.row) }))
}

/// Its times are left out from now on, until that time or until it is resumed.
pub(crate) async fn pause(change: &Change<'_>, name: &str, pause: Pause<'_>) -> Result<Value> {
    check_reason(pause.reason)?;
    let (now, held) = hold(change, name).await?;
    if pause.until.is_some_and(|until| until <= now) {
        return Err(Error::invalid(format!("pause recurring job \"{name}\": the time until when has passed")));
    }
    let mut row = held.row;
    row.paused_at = row.paused_at.filter(|_| is_paused(&row, now)).or(Some(now));
    row.paused_until = pause.until;
    row.paused_by = Some(pause.actor.to_owned());
    row.paused_reason = pause.reason.map(str::to_owned);
    row.skips_next = false;
    row.next_at = next(&row, now)?;
    write(change, &row).await?;
    Ok(json!({ "until": row.paused_until, "reason": row.paused_reason }))
}

/// It goes on with the first time that comes from now on.
pub(crate) async fn resume(change: &Change<'_>, name: &str) -> Result<Value> {
    let (now, held) = hold(change, name).await?;
    let mut row = held.row;
    if !is_paused(&row, now) {
        return Err(Error::conflict(format!("resume recurring job \"{name}\": it is not paused")));
    }
    let before =
        json!({ "since": row.paused_at, "until": row.paused_until, "by": row.paused_by, "reason": row.paused_reason });
    (row.paused_at, row.paused_until, row.paused_by, row.paused_reason) = (None, None, None, None);
    row.next_at = next(&row, now)?;
    write(change, &row).await?;
    Ok(json!({ "before": before }))
}

/// A job of it now, whatever its times are.
pub(crate) async fn run_now(change: &Change<'_>, name: &str, id: JobId) -> Result<Value> {
    hold(change, name).await?;
    store::run_recurring(change, name, id).await?;
    Ok(json!({ "job": id }))
}

/// Its next time is left out, or is not after all.
pub(crate) async fn skip_next(change: &Change<'_>, name: &str, skips: bool) -> Result<Value> {
    let (_, held) = hold(change, name).await?;
    let mut row = held.row;
    if row.next_at.is_none() {
        return Err(Error::conflict(format!("skip a time of recurring job \"{name}\": none comes")));
    }
    row.skips_next = skips;
    write(change, &row).await?;
    Ok(json!({ "at": row.next_at, "skips": skips }))
}

async fn hold(change: &Change<'_>, name: &str) -> Result<(DateTime<Utc>, HeldRecurring)> {
    let (now, held) = store::hold_recurring(change, name).await?;
    let missing = || Error::not_found(format!("recurring job \"{}\" does not exist", name.escape_debug()));
    Ok((now, held.ok_or_else(missing)?))
}

fn check_seen(held: &HeldRecurring, seen: Option<&str>) -> Result<()> {
    match seen {
        Some(seen) if seen != held.revision.to_string() => {
            let name = &held.row.name;
            Err(Error::conflict(format!("change recurring job \"{name}\": it has changed since you looked")))
        }
        _ => Ok(()),
    }
}

fn check_reason(reason: Option<&str>) -> Result<()> {
    match reason {
        Some(reason) if reason.len() > REASON_BYTES_MAX => {
            let bytes = reason.len();
            Err(Error::invalid(format!("the reason has {bytes} bytes, at most {REASON_BYTES_MAX} are allowed")))
        }
        Some(reason) if reason.contains('\0') => Err(Error::invalid("the reason has a NUL character in it")),
        _ => Ok(()),
    }
}

async fn write_new(change: &Change<'_>, mut row: RecurringRow, now: DateTime<Utc>) -> Result<Value> {
    row.next_at = next(&row, now)?;
    write(change, &row).await?;
    Ok(json!({ "after": told(&row) }))
}

async fn overwrite(change: &Change<'_>, before: &RecurringRow, row: RecurringRow, now: DateTime<Utc>) -> Result<Value> {
    let mut row = RecurringRow {
        next_at: before.next_at,
        skips_next: before.skips_next,
        paused_at: before.paused_at,
        paused_until: before.paused_until,
        paused_by: before.paused_by.clone(),
        paused_reason: before.paused_reason.clone(),
        ..row
    };
    if (&row.expression, &row.zone) != (&before.expression, &before.zone) || row.next_at.is_none() {
        row.next_at = next(&row, now)?;
        row.skips_next = false;
    }
    write(change, &row).await?;
    Ok(json!({ "before": told(before), "after": told(&row), "payload_changed": !alike(&before.payload, &row.payload) }))
}

async fn write(change: &Change<'_>, row: &RecurringRow) -> Result<()> {
    store::write_recurring(change, row).await?;
    store::announce_recurring(change).await
}

/// The first time that comes, or comes after the pause; none while that has no end.
fn next(row: &RecurringRow, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let recurrence = Recurrence::new(&row.expression, &row.zone)?;
    match row.paused_until.filter(|_| is_paused(row, now)) {
        Some(until) => Ok(recurrence.next_after(until - TimeDelta::milliseconds(1))),
        None if is_paused(row, now) => Ok(None),
        None => Ok(recurrence.next_after(now)),
    }
}

fn is_paused(row: &RecurringRow, now: DateTime<Utc>) -> bool {
    row.paused_at.is_some() && row.paused_until.is_none_or(|until| until > now)
}

fn is_same(one: &RecurringRow, other: &RecurringRow) -> bool {
    told(one) == told(other) && one.tags == other.tags && alike(&one.payload, &other.payload)
}

/// For the audit, which more people read than payloads and tags.
fn told(row: &RecurringRow) -> Value {
    json!({
        "kind": row.kind,
        "expression": row.expression,
        "zone": row.zone,
        "queue": row.queue,
        "priority": row.priority,
        "max_retries": row.max_retries,
        "timeout_ms": row.timeout_ms,
        "missed": row.missed,
        "overlap": row.overlap,
        "jitter_ms": row.jitter_ms,
    })
}

/// Whether two texts are the same JSON.
fn alike(one: &str, other: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    one == other || read(one) == read(other)
}
