//! Views that were saved.

use tokio_postgres::Row;

use super::desk::Change;
use super::readers::Readers;
use super::statement;
use crate::error::Result;
use crate::record::{SavedView, ViewId};

/// A view as it is to be saved.
pub(crate) struct NewView<'a> {
    pub(crate) name: &'a str,
    pub(crate) filter: &'a str,
    pub(crate) columns: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) is_shared: bool,
}

/// Those that this actor saved, then those that others shared.
pub(crate) async fn list_views(readers: &Readers, actor: &str, limit: i64) -> Result<Vec<SavedView>> {
    Ok(readers.query(statement::LIST_VIEWS, &[&actor, &limit]).await?.iter().map(view).collect())
}

/// `None` when the actor has so many others already.
pub(crate) async fn save_view(change: &Change<'_>, new: &NewView<'_>, others_max: i64) -> Result<Option<ViewId>> {
    let NewView { name, filter, columns, actor, is_shared } = new;
    let rows = change.query(statement::SAVE_VIEW, &[name, filter, columns, actor, is_shared, &others_max]).await?;
    Ok(rows.first().map(|row| ViewId(row.get(0))))
}

/// A view that this actor may change, held until the change ends.
pub(crate) async fn find_view(change: &Change<'_>, id: ViewId, actor: &str) -> Result<Option<SavedView>> {
    Ok(change.query(statement::FIND_VIEW, &[&id.0, &actor]).await?.first().map(view))
}

/// False when the name is taken.
pub(crate) async fn rename_view(change: &Change<'_>, id: ViewId, name: &str) -> Result<bool> {
    Ok(!change.query(statement::RENAME_VIEW, &[&id.0, &name]).await?.is_empty())
}

pub(crate) async fn delete_view(change: &Change<'_>, id: ViewId) -> Result<()> {
    change.query(statement::DELETE_VIEW, &[&id.0]).await.map(drop)
}

fn view(row: &Row) -> SavedView {
    SavedView {
        id: ViewId(row.get(0)),
        name: row.get(1),
        filter: row.get(2),
        columns: row.get(3),
        actor: row.get(4),
        is_shared: row.get(5),
        changed_at: row.get(6),
    }
}
