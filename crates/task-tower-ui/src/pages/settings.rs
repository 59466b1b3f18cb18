//! What the reader may choose. It works by a plain form, and for those who may only look, too: it
//! changes nothing but their own cookie.

use askama::Template;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect};
use axum::{Extension, Form};
use task_tower::SavedView;

use super::Frame;
use super::frame::render;
use crate::access::{Permission, Visitor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::links;
use crate::messages::Messages;
use crate::settings::{Change, Density, Keys, Motion, Settings, Theme, Times};
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    m: Messages,
    groups: Vec<Group>,
    zones: Vec<Zone>,
    now: String,
    views: Vec<View>,
    may_save: bool,
}

/// A list of jobs that was saved.
struct View {
    id: String,
    name: String,
    filter: String,
    link: String,
    /// Empty for one that is the reader's alone.
    shared: String,
}

/// One question with its answers.
struct Group {
    name: &'static str,
    legend: String,
    hint: Option<String>,
    choices: Vec<Choice>,
}

struct Choice {
    value: &'static str,
    word: String,
    chosen: bool,
}

struct Zone {
    name: &'static str,
    chosen: bool,
}

pub(crate) async fn settings(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    visit: Visit,
) -> Result<Html<String>, Fault> {
    let (m, settings) = (visit.look.m, visit.look.settings);
    // The settings themselves need no database.
    let views = desk.views(&visitor).await.unwrap_or_default();
    render(&SettingsPage {
        frame: Frame::new(&visit, "settings", m.nav_settings()).still(),
        m,
        groups: vec![
            theme(m, &settings),
            density(m, &settings),
            times(m, &settings),
            motion(m, &settings),
            keys(m, &settings),
        ],
        zones: chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| Zone { name: zone.name(), chosen: *zone == settings.zone })
            .collect(),
        now: visit.look.clock(visit.look.now),
        views: views.into_iter().map(|view| View::new(view, m, &visitor)).collect(),
        may_save: visit.view.may.contains(Permission::SaveViews),
    })
}

impl View {
    fn new(view: SavedView, m: Messages, visitor: &Visitor) -> Self {
        let shared = match view.is_shared {
            true if view.actor == visitor.actor => m.views_for_all(),
            true => m.views_by(&view.actor),
            false => String::new(),
        };
        let link = links::with(&[("q", &view.filter), ("cols", &view.columns)]);
        Self { id: view.id.to_string(), name: view.name, filter: view.filter, link, shared }
    }
}

/// Keeps what was chosen and goes back to the page on which it was.
pub(crate) async fn change_settings(
    visit: Visit,
    form: Result<Form<Change>, FormRejection>,
) -> Result<impl IntoResponse, Fault> {
    let Form(change) = form.map_err(|rejection| Fault::bad_request(rejection.body_text()))?;
    let settings = visit.look.settings.with(&change);
    let settings = settings.ok_or_else(|| Fault::said(StatusCode::BAD_REQUEST, Messages::fault_no_such_zone))?;
    let cookie = settings.cookie(&visit.mount).map(|cookie| (header::SET_COOKIE, cookie));
    Ok((AppendHeaders(cookie), Redirect::to(&change.way_back())))
}

fn theme(m: Messages, settings: &Settings) -> Group {
    let choice = |value: Theme, word| Choice { value: value.as_str(), word, chosen: value == settings.theme };
    let choices = vec![
        choice(Theme::System, m.settings_theme_system()),
        choice(Theme::Light, m.settings_theme_light()),
        choice(Theme::Dark, m.settings_theme_dark()),
    ];
    Group { name: "theme", legend: m.settings_theme(), hint: None, choices }
}

fn density(m: Messages, settings: &Settings) -> Group {
    let choice = |value: Density, word| Choice { value: value.as_str(), word, chosen: value == settings.density };
    let choices = vec![
        choice(Density::Normal, m.settings_density_normal()),
        choice(Density::Compact, m.settings_density_compact()),
    ];
    Group { name: "density", legend: m.settings_density(), hint: None, choices }
}

fn times(m: Messages, settings: &Settings) -> Group {
    let choice = |value: Times, word| Choice { value: value.as_str(), word, chosen: value == settings.times };
    let choices = vec![
        choice(Times::Both, m.settings_times_both()),
        choice(Times::Exact, m.settings_times_exact()),
        choice(Times::Relative, m.settings_times_relative()),
    ];
    Group { name: "times", legend: m.settings_times(), hint: None, choices }
}

fn motion(m: Messages, settings: &Settings) -> Group {
    let choice = |value: Motion, word| Choice { value: value.as_str(), word, chosen: value == settings.motion };
    let choices =
        vec![choice(Motion::System, m.settings_motion_system()), choice(Motion::Reduced, m.settings_motion_reduced())];
    Group { name: "motion", legend: m.settings_motion(), hint: None, choices }
}

fn keys(m: Messages, settings: &Settings) -> Group {
    let choice = |value: Keys, word| Choice { value: value.as_str(), word, chosen: value == settings.keys };
    let choices = vec![choice(Keys::On, m.settings_keys_on()), choice(Keys::Off, m.settings_keys_off())];
    Group { name: "keys", legend: m.settings_keys(), hint: Some(m.settings_keys_hint()), choices }
}
