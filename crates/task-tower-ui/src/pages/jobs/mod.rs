//! The list of jobs.

mod act;
mod asked;
mod columns;
mod deeds;
mod foot;
mod news;
mod nothing;
mod preview;
mod saved;
mod tabs;
mod views;
mod wanted;

use std::collections::BTreeMap;
use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use task_tower::{JobFilter, JobId, Page};

use super::frame::render;
use super::row::Row;
use super::{Frame, undo};
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::messages::{Markup, Messages};
use crate::say;
use crate::visit::Visit;

pub(crate) use act::act;
use asked::{Asked, Chip};
pub(super) use asked::{FilterFault, mended, pieces};
use columns::{Choice, Columns};
use deeds::Deeds;
use foot::Foot;
use news::Notice;
use nothing::Narrowest;
pub(super) use preview::preview;
use saved::Saved;
pub(super) use tabs::Counts;
use tabs::Tab;
use views::View;
use wanted::Wanted;

/// More newcomers than this are not counted.
const NEWER_MAX: usize = 101;

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    frame: Frame,
    m: Messages,
    notice: Option<Notice>,
    asked: Asked,
    /// Whether jobs that hide something are left out.
    spares: bool,
    chips: Vec<Chip>,
    saved: Saved,
    orders: [View; 2],
    choices: Vec<Choice>,
    columns: Columns,
    all_tab: Option<String>,
    all_link: String,
    is_narrowed: bool,
    tabs: Vec<Tab>,
    /// How many jobs match, as it is said; empty when they could not be counted.
    total: String,
    deeds: Deeds,
    rows: Vec<Row>,
    /// What the address of a job ends with, so that it knows of the list.
    from: String,
    /// How many jobs came later than the list, counted to [`NEWER_MAX`]; `None` where no newcomers are expected.
    newer: Option<usize>,
    too_slow: bool,
    first_run: bool,
    narrowest: Option<Narrowest>,
    foot: Foot,
    wanted: Wanted,
}

impl JobsPage {
    /// What the list was asked for.
    fn filter_in_words(&self) -> Markup {
        Markup::code(&self.chips.iter().map(|chip| chip.text.as_str()).collect::<Vec<_>>().join(" "))
    }
}

pub(crate) async fn jobs(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(mut wanted) = wanted.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    if let Ok(id) = wanted.q.trim().parse::<JobId>() {
        return Ok(Redirect::to(&format!("jobs/{id}")).into_response());
    }
    let older = wanted.older.terms();
    let added = format!("{older} {}", wanted.add).trim().to_owned();
    let asked = Asked::read(&wanted.q, &added, visit.look.settings.zone);
    if !added.is_empty() && asked.fault.is_none() {
        return Ok(Redirect::to(&wanted.link(&asked.filter)).into_response());
    }
    wanted.q = asked.filter.to_string();
    Ok(list(&desk, &visit, &visitor, wanted, asked).await?.into_response())
}

async fn list(
    desk: &Desk,
    visit: &Visit,
    visitor: &Visitor,
    wanted: Wanted,
    asked: Asked,
) -> Result<Html<String>, Fault> {
    let (m, look) = (visit.look.m, &visit.look);
    let filter = &desk.filter(&wanted.q, visitor, look)?;
    let page = Fault::unless_too_slow(desk.jobs(&wanted.page(filter.clone())?, visitor).await)?;
    let counts = match page.as_ref().and_then(|page| Counts::of_whole_list(page, filter, &wanted)) {
        Some(counts) => counts,
        None => counts(desk, visitor, filter, &wanted).await?,
    };
    let is_empty = page.as_ref().is_some_and(|page| page.jobs.is_empty());
    let narrowest = match is_empty && wanted.is_first() {
        true => nothing::narrowest(desk, visitor, filter, asked.chips(&wanted)).await?,
        false => None,
    };
    render(&JobsPage {
        frame: Frame::new(visit, "jobs", m.nav_jobs()).with_undo(undo::notice(desk, visitor, visit).await),
        m,
        notice: news::notice(desk, visitor, look, &wanted).await?,
        spares: desk.redact.spares(filter),
        chips: asked.chips(&wanted),
        saved: Saved::new(m, &desk.views(visitor).await?, visit, visitor, &wanted),
        orders: views::orders(m, filter, &wanted),
        choices: Columns::read(&wanted.cols).choices(m),
        columns: Columns::read(&wanted.cols),
        all_tab: counts.all().map(say::counted),
        all_link: wanted.link(&filter.clone().without_key("state")),
        is_narrowed: tabs::is_narrowed(filter),
        tabs: tabs::tabs(look, &counts, filter, &wanted),
        total: counts.listed(filter).map(say::counted).unwrap_or_default(),
        deeds: Deeds::new(look, visit.view.may, &wanted.q).but_for_all(asked.fault.is_some()),
        newer: newer(desk, visitor, filter, &wanted).await?,
        too_slow: page.is_none(),
        first_run: is_empty && nothing::is_first_run(filter, &counts),
        narrowest,
        foot: Foot::new(m, page.as_ref(), counts.listed(filter), filter, &wanted),
        rows: rows(page.as_ref(), visit, &desk.console.queue_limits().await?, filter, &wanted),
        from: super::tail_of_list(Some(&wanted.q)),
        asked,
        wanted,
    })
}

async fn counts(desk: &Desk, visitor: &Visitor, filter: &JobFilter, wanted: &Wanted) -> Result<Counts, Fault> {
    let filter = filter.clone().without_key("state");
    let filter = if wanted.is_exhaustive() { filter.exhaustive() } else { filter };
    Ok(Counts(Fault::unless_too_slow(desk.counts(&filter, visitor).await)?))
}

fn rows(
    page: Option<&Page>,
    visit: &Visit,
    limits: &BTreeMap<String, Duration>,
    filter: &JobFilter,
    wanted: &Wanted,
) -> Vec<Row> {
    let jobs = page.iter().flat_map(|page| &page.jobs);
    let row = |job| Row::new(job, &visit.look, limits, |narrow| wanted.link(&narrow(filter.clone())));
    jobs.map(row).collect()
}

async fn newer(desk: &Desk, visitor: &Visitor, filter: &JobFilter, wanted: &Wanted) -> Result<Option<usize>, Fault> {
    if !wanted.is_first() || !views::is_newest_first(filter) {
        return Ok(None);
    }
    let Some(id) = wanted.upto()? else { return Ok(Some(0)) };
    let page = desk.jobs(&filter.clone().before(id).limit(NEWER_MAX), visitor).await;
    Ok(Some(Fault::unless_too_slow(page)?.map_or(0, |page| page.jobs.len())))
}
