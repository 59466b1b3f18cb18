//! The menu of lists that somebody wants to see again: ready-made ones, and those that were saved.

use task_tower::SavedView;

use super::views::{self, View};
use super::wanted::Wanted;
use crate::access::{Permission, Visitor};
use crate::links;
use crate::messages::Messages;
use crate::visit::Visit;

/// What the menu shows.
pub(super) struct Saved {
    pub(super) ready: Vec<View>,
    pub(super) own: Vec<View>,
    pub(super) may_save: bool,
    /// Whether it may be saved for all.
    pub(super) may_share: bool,
}

impl Saved {
    pub(super) fn new(m: Messages, views: &[SavedView], visit: &Visit, visitor: &Visitor, wanted: &Wanted) -> Self {
        let may_save = visit.view.may.contains(Permission::SaveViews);
        Self {
            ready: views::saved(m),
            own: views.iter().map(|view| own(view, wanted)).collect(),
            may_save,
            may_share: may_save && visitor.scope.is_all(),
        }
    }
}

fn own(view: &SavedView, wanted: &Wanted) -> View {
    let link = links::with(&[("q", &view.filter), ("cols", &view.columns)]);
    View { word: view.name.clone(), link, current: view.filter == wanted.q && view.columns == wanted.cols }
}
