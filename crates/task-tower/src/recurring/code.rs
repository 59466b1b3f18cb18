//! The recurring jobs that the code of a program says: they are set so when it starts.
//!
//! A program is known by the name of its source. What its code says is kept beside how the job is set, so that an edit by hand
//! holds until the code says something else than before. What the code said once and says no more is removed, but never
//! what another source says or a person has added. Of two versions of a program, the one that started last has its way.

use serde_json::json;

use super::changes;
use crate::error::Result;
use crate::record::check_recurring;
use crate::store::{self, Change, Desk, Link, NewAudit, RecurringRow};

/// What the code of one program says.
pub(crate) struct Said {
    pub(crate) source: String,
    pub(crate) rows: Vec<RecurringRow>,
}

/// Sets them so. A question is all it takes when they are.
pub(crate) async fn say(link: &Link, desk: &Desk, said: Said) -> Result<()> {
    check_recurring(&said.source)?;
    if differing(link, &said).await?.is_empty() {
        return Ok(());
    }
    let change = desk.begin().await?;
    store::lock_recurring(&change).await?;
    // Another process of the same program may have been faster.
    let differing = differing(link, &said).await?;
    for (name, is_said) in &differing {
        match said.rows.iter().find(|row| *is_said && row.name == *name) {
            Some(row) => set(&change, row, &said.source).await?,
            None => remove(&change, name, &said.source).await?,
        }
    }
    change.commit().await
}

async fn differing(link: &Link, said: &Said) -> Result<Vec<(String, bool)>> {
    let codes = said.rows.iter().filter_map(|row| Some((row.name.as_str(), row.code.as_deref()?)));
    store::differing_recurring(link, &said.source, &codes.collect::<Vec<_>>()).await
}

async fn set(change: &Change<'_>, row: &RecurringRow, source: &str) -> Result<()> {
    let row = RecurringRow { source: Some(source.to_owned()), is_edited: false, ..row.clone() };
    let name = row.name.clone();
    let details = changes::write_said(change, row).await?;
    note(change, "set_recurring", &name, source, details).await
}

async fn remove(change: &Change<'_>, name: &str, source: &str) -> Result<()> {
    let details = changes::remove(change, name).await?;
    note(change, "remove_recurring", name, source, details).await
}

async fn note(
    change: &Change<'_>,
    action: &str,
    name: &str,
    source: &str,
    mut details: serde_json::Value,
) -> Result<()> {
    tracing::info!(source, action, name, "the code says it of a recurring job");
    details["source"] = json!(source);
    let actor = format!("code of {source}");
    let entry = NewAudit {
        actor: &actor,
        address: None,
        request: None,
        action,
        target: name,
        operation: None,
        details: details.to_string(),
    };
    store::note_audit(change, &entry).await.map(drop)
}
