//! What the palette finds: pages, a job by its id, saved views, queues and kinds, as far as the visitor may see them.

use std::collections::BTreeSet;

use axum::extract::{Query, State};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use task_tower::JobId;

use crate::access::Visitor;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links::{self, encode, queue_page};
use crate::messages::Messages;
use crate::pages::pages;
use crate::visit::Visit;

/// The most of one sort.
const ITEMS_MAX: usize = 8;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
}

#[derive(Serialize)]
pub(crate) struct Group {
    word: String,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    /// From the root of the dashboard.
    href: String,
    title: String,
    note: String,
}

pub(crate) async fn palette(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<Group>>, Fault> {
    let (m, words) = (visit.look.m, asked.q.trim());
    let groups = [
        Group { word: m.nav_jobs(), items: job(&desk, &visitor, words).await },
        Group { word: m.frame_pages(), items: found(words, pages(&visit), |path| path.to_owned()) },
        Group { word: m.views(), items: views(&desk, &visitor, words).await? },
        Group { word: m.nav_queues(), items: queues(&desk, &visitor, words).await? },
        Group { word: m.palette_kinds(), items: kinds(&desk, &visitor, words).await? },
        Group { word: m.palette_search(), items: search(m, words) },
    ];
    Ok(Json(groups.into_iter().filter(|group| !group.items.is_empty()).collect()))
}

async fn job(desk: &Desk, visitor: &Visitor, words: &str) -> Vec<Item> {
    let Ok(id) = words.parse::<JobId>() else { return Vec::new() };
    let job = desk.job(id, visitor).await;
    job.map(|job| Item { href: format!("jobs/{id}"), title: job.name().to_owned(), note: id.to_string() })
        .into_iter()
        .collect()
}

async fn views(desk: &Desk, visitor: &Visitor, words: &str) -> Result<Vec<Item>, Fault> {
    let views = desk.views(visitor).await?.into_iter().map(|view| {
        let link = links::with(&[("q", &view.filter), ("cols", &view.columns)]);
        (link, view.name)
    });
    Ok(found(words, views, |link| link))
}

async fn queues(desk: &Desk, visitor: &Visitor, words: &str) -> Result<Vec<Item>, Fault> {
    let queues = desk.console.queues().await?.into_iter().map(|queue| queue.name);
    let seen = queues.filter(|name| visitor.scope.admits_queue(name)).map(|name| (name.clone(), name));
    Ok(found(words, seen, |name| queue_page(&name)))
}

async fn kinds(desk: &Desk, visitor: &Visitor, words: &str) -> Result<Vec<Item>, Fault> {
    let workers = desk.workers(visitor).await?;
    let kinds: BTreeSet<String> = workers.into_iter().flat_map(|worker| worker.kinds).collect();
    let seen = kinds.into_iter().filter(|name| visitor.scope.admits_kind(name)).map(|name| (name.clone(), name));
    Ok(found(words, seen, |name| format!("jobs?kind={}", encode(&name))))
}

/// Whatever else it is, the list of jobs can be asked.
fn search(m: Messages, words: &str) -> Vec<Item> {
    let item =
        || Item { href: format!("jobs?q={}", encode(words)), title: m.palette_search_for(words), note: String::new() };
    (!words.is_empty()).then(item).into_iter().collect()
}

/// Those whose words contain what is looked for.
fn found<K>(words: &str, known: impl Iterator<Item = (K, String)>, href: impl Fn(K) -> String) -> Vec<Item> {
    let wanted = words.to_lowercase();
    let fitting = known.filter(|(_, title)| title.to_lowercase().contains(&wanted));
    fitting.take(ITEMS_MAX).map(|(key, title)| Item { href: href(key), title, note: String::new() }).collect()
}
