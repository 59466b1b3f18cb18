//! Lists of jobs that people want to see again, by name: each their own, and some for all.

use serde_json::{Value, json};

use super::Console;
use super::notes::Note;
use crate::error::{Error, Result};
use crate::filter::JobFilter;
use crate::record::{SavedView, ViewId};
use crate::store::{self, Change, NewView};

/// The most views that one actor can save.
pub const VIEWS_MAX: usize = 50;

/// The most views that are listed: one's own, and those of others as far as there is room.
const LISTED_MAX: i64 = 200;
/// The longest name of a view, in bytes.
const NAME_BYTES_MAX: usize = 100;
/// The longest list of columns, in bytes.
const COLUMNS_BYTES_MAX: usize = 200;

/// A view that is to be saved: a filter with a name, for oneself unless it is [shared](ViewDraft::shared).
///
/// ```
/// use task_tower::{JobFilter, ViewDraft};
///
/// let draft = ViewDraft::new("Mails that failed", &JobFilter::new().queue("mail")).columns("args,run").shared(true);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ViewDraft {
    name: String,
    filter: String,
    columns: String,
    is_shared: bool,
}

impl ViewDraft {
    /// A view of what this filter finds. Blanks around the name are left out.
    pub fn new(name: impl AsRef<str>, filter: &JobFilter) -> Self {
        Self {
            name: name.as_ref().trim().to_owned(),
            filter: filter.to_string(),
            columns: String::new(),
            is_shared: false,
        }
    }

    /// The columns that its list shows, by the names of the dashboard, with commas. The usual ones by default.
    pub fn columns(mut self, names: impl Into<String>) -> Self {
        self.columns = names.into();
        self
    }

    /// Whether all see it, and may rename and delete it. By default they do not.
    pub fn shared(mut self, is_shared: bool) -> Self {
        self.is_shared = is_shared;
        self
    }

    fn check(&self) -> Result<()> {
        check_name(&self.name)?;
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_,".contains(letter);
        match self.columns.len() <= COLUMNS_BYTES_MAX && self.columns.chars().all(is_plain) {
            true => Ok(()),
            false => Err(Error::invalid("view: columns are names with commas, of at most 200 bytes together")),
        }
    }

    fn told(&self) -> Value {
        json!({ "filter": self.filter, "columns": self.columns, "is_shared": self.is_shared })
    }
}

impl Console {
    /// The views that this console's [actor](Console::acting) has saved, by name, then those that others have
    /// saved for all; at most 200.
    ///
    /// # Errors
    ///
    /// [`is_unavailable`](Error::is_unavailable) when the database cannot be reached.
    pub async fn views(&self) -> Result<Vec<SavedView>> {
        store::list_views(&self.readers, &self.actor.name, LISTED_MAX).await
    }

    /// Saves a view. It takes the place of the one that the actor has by the same name.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid) for a name that is empty, has more than 100 bytes or a control character in
    /// it; [`is_conflict`](Error::is_conflict) when the actor has [`VIEWS_MAX`] others.
    pub async fn save_view(&self, draft: &ViewDraft) -> Result<ViewId> {
        draft.check()?;
        let ViewDraft { name, filter, columns, is_shared } = draft;
        let new = NewView { name, filter, columns, actor: &self.actor.name, is_shared: *is_shared };
        let change = self.desk.begin().await?;
        let saved = store::save_view(&change, &new, VIEWS_MAX as i64).await?;
        let id = saved.ok_or_else(|| Error::conflict(format!("save view: {VIEWS_MAX} are saved already")))?;
        self.note(&change, Note { action: "save_view", target: name, operation: None, details: draft.told() }).await?;
        change.commit().await?;
        Ok(id)
    }

    /// Gives a view another name: one's own, or one that is shared.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such view, or it is somebody else's;
    /// [`is_invalid`](Error::is_invalid) as for [`save_view`](Console::save_view);
    /// [`is_conflict`](Error::is_conflict) when whoever saved it has another one by that name.
    pub async fn rename_view(&self, id: ViewId, name: &str) -> Result<()> {
        let name = name.trim();
        check_name(name)?;
        let change = self.desk.begin().await?;
        let view = self.find_view(&change, id).await?;
        if !store::rename_view(&change, id, name).await? {
            return Err(Error::conflict(format!("rename view: \"{name}\" is there already")));
        }
        let details = json!({ "before": view.name, "actor": view.actor });
        self.note(&change, Note { action: "rename_view", target: name, operation: None, details }).await?;
        change.commit().await
    }

    /// Deletes a view: one's own, or one that is shared. The audit keeps its filter.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) when there is no such view, or it is somebody else's.
    pub async fn delete_view(&self, id: ViewId) -> Result<()> {
        let change = self.desk.begin().await?;
        let view = self.find_view(&change, id).await?;
        store::delete_view(&change, id).await?;
        let SavedView { name, filter, columns, actor, is_shared, .. } = view;
        let details = json!({ "filter": filter, "columns": columns, "actor": actor, "is_shared": is_shared });
        self.note(&change, Note { action: "delete_view", target: &name, operation: None, details }).await?;
        change.commit().await
    }

    async fn find_view(&self, change: &Change<'_>, id: ViewId) -> Result<SavedView> {
        let view = store::find_view(change, id, &self.actor.name).await?;
        view.ok_or_else(|| Error::not_found(format!("view {id} does not exist")))
    }
}

fn check_name(name: &str) -> Result<()> {
    let fault = match name {
        "" => "is empty",
        name if name.len() > NAME_BYTES_MAX => "is longer than 100 bytes",
        name if name.chars().any(char::is_control) => "has a control character in it",
        _ => return Ok(()),
    };
    Err(Error::invalid(format!("the name of the view {fault}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_a_person_would_write_on_a_label() {
        for good in ["Mails, late", "größe *", &"x".repeat(100)] {
            check_name(good).unwrap();
        }
        for bad in ["", "a\nb", "\0", &"x".repeat(101)] {
            assert!(check_name(bad).unwrap_err().is_invalid(), "{bad:?}");
        }
    }

    #[test]
    fn columns_are_names() {
        let draft = |columns: &str| ViewDraft::new(" a ", &JobFilter::new()).columns(columns);

        assert_eq!(draft("").name, "a");
        draft("run,priority").check().unwrap();
        for bad in ["a b", "<", &"x".repeat(201)] {
            assert!(draft(bad).check().unwrap_err().is_invalid(), "{bad:?}");
        }
    }
}
