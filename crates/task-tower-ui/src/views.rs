//! Views that were saved, through the eyes of a visitor. A filter tells names and values: who sees a part of the jobs sees
//! no view of others, and nobody one that looks for what is hidden.

use axum::http::StatusCode;
use task_tower::{Console, JobFilter, SavedView, ViewDraft};

use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::Messages;

impl Desk {
    /// Those that this visitor saved, then those of others that are for all.
    pub(crate) async fn views(&self, visitor: &Visitor) -> Result<Vec<SavedView>, Fault> {
        let actor = visitor.as_actor();
        let mut views = self.console.acting(actor.clone()).views().await?;
        views.retain(|view| (visitor.scope.is_all() || view.actor == actor.name()) && self.shows(&view.filter));
        Ok(views)
    }

    /// One of them, by its id.
    pub(crate) async fn view(&self, id: &str, visitor: &Visitor) -> Result<SavedView, Fault> {
        let views = self.views(visitor).await?;
        let found = views.into_iter().find(|view| view.id.to_string() == id);
        found.ok_or_else(|| Fault::said(StatusCode::NOT_FOUND, Messages::fault_no_view))
    }

    /// The console by which this visitor changes views, if they may.
    pub(crate) fn hand_views(&self, visitor: &Visitor) -> Result<Console, Fault> {
        self.hand(Permission::SaveViews, visitor)
    }

    /// What this visitor saves. `filter` is one of [`filter`](Desk::filter), which refuses what is hidden.
    pub(crate) fn view_draft(
        &self,
        name: &str,
        filter: &JobFilter,
        visitor: &Visitor,
        is_shared: bool,
    ) -> Result<ViewDraft, Fault> {
        match is_shared && !visitor.scope.is_all() {
            true => Err(Fault::forbidden(Messages::views_share_all)),
            false => Ok(ViewDraft::new(name, filter).shared(is_shared)),
        }
    }

    fn shows(&self, filter: &str) -> bool {
        let filter = filter.parse::<JobFilter>();
        filter.is_ok_and(|filter| self.redact.refuses(&filter).is_none())
    }
}
