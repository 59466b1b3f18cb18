//! What a job awaits, what awaits it, and the batch of which it is a member.

use task_tower::{JobFilter, JobId, JobRecord, RELATIVES_MAX, Relative};

use crate::access::Visitor;
use crate::badge::Badge;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links;
use crate::look::Look;
use crate::pages::batches;

/// Of each sort, so many are shown.
const SHOWN: usize = 10;

pub(super) struct Related {
    /// The batch, from the root, and its name; `None` for who may not see it.
    pub(super) batch: Option<(String, String)>,
    pub(super) parents: Vec<Kin>,
    pub(super) children: Vec<Kin>,
    /// All that await it, if these are not all; from the root.
    pub(super) all_children: Option<String>,
}

/// A job that awaits this one, or is awaited by it.
pub(super) struct Kin {
    pub(super) id: String,
    /// What people call its kind; `None` when it is not kept any more.
    pub(super) name: Option<String>,
    pub(super) badge: Option<Badge>,
}

/// `None` when there is nothing to show.
pub(super) async fn related(
    desk: &Desk,
    visitor: &Visitor,
    look: &Look,
    job: &JobRecord,
) -> Result<Option<Related>, Fault> {
    let relations = desk.console.relations(job.id).await?;
    let ids: Vec<JobId> = relations.parents.iter().chain(&relations.children).map(|kin| kin.id).collect();
    let seen = desk.in_sight(&ids, visitor).await?;
    // One that is gone tells nothing.
    let shows = |kin: &&Relative| kin.state.is_none() || seen.contains(&kin.id);
    let kin = |kin: &[Relative]| kin.iter().filter(shows).map(|kin| Kin::new(kin, look)).collect::<Vec<_>>();
    let (parents, mut children) = (kin(&relations.parents), kin(&relations.children));
    let is_long = children.len() > SHOWN || relations.children.len() >= RELATIVES_MAX;
    children.truncate(SHOWN);
    let all_children = if is_long { Some(links::jobs(&children_of(job.id)?)) } else { None };
    let batch = batch(desk, visitor, look, job).await;
    let is_any = batch.is_some() || !parents.is_empty() || !children.is_empty();
    Ok(is_any.then_some(Related { batch, parents, children, all_children }))
}

fn children_of(id: JobId) -> Result<JobFilter, Fault> {
    Ok(format!("parent:{id}").parse().map_err(task_tower::Error::from)?)
}

async fn batch(desk: &Desk, visitor: &Visitor, look: &Look, job: &JobRecord) -> Option<(String, String)> {
    let id = job.batch.filter(|_| batches::check_sight(visitor).is_ok())?;
    let batch = desk.console.batch(id).await.ok()?;
    Some((format!("batches/{id}"), batches::title(&batch, look)))
}

impl Kin {
    fn new(kin: &Relative, look: &Look) -> Self {
        Self {
            id: kin.id.to_string(),
            name: kin.display_name.clone().or_else(|| kin.kind.clone()),
            badge: kin.state.map(|state| look.badge(state).plain()),
        }
    }

    /// The last six characters.
    pub(super) fn short(&self) -> &str {
        &self.id[self.id.len() - 6..]
    }
}
