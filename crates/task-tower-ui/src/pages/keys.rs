//! All shortcuts. The script shows the same table over any page.

use askama::Template;
use axum::response::Html;

use super::Frame;
use super::frame::{pages, render};
use crate::fault::Fault;
use crate::live::{GROUPS, Shortcut};
use crate::messages::Messages;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "keys.html")]
struct KeysPage {
    frame: Frame,
    m: Messages,
    groups: Vec<Group>,
}

struct Group {
    word: String,
    rows: Vec<Row>,
}

/// What can be asked for, and by which keys: each way is some keys, one after the other.
struct Row {
    word: String,
    ways: Vec<Vec<String>>,
}

pub(crate) async fn keys(visit: Visit) -> Result<Html<String>, Fault> {
    let m = visit.look.m;
    let frame = Frame::new(&visit, "settings", m.keys_title()).under("settings", m.nav_settings());
    let group = |group: &crate::live::Group| Group { word: (group.word)(m), rows: rows(&visit, group.shortcuts) };
    render(&KeysPage { frame: frame.still(), m, groups: GROUPS.iter().map(group).collect() })
}

/// Those that do something: a page that is not there, or not for this visitor, has no key.
fn rows(visit: &Visit, shortcuts: &[Shortcut]) -> Vec<Row> {
    let is_page = |path: &str| pages(visit).any(|(page, _)| page == path);
    let mut rows: Vec<Row> = Vec::new();
    for shortcut in shortcuts.iter().filter(|shortcut| shortcut.page().is_none_or(is_page)) {
        let word = (shortcut.word)(visit.look.m);
        match rows.last_mut().filter(|last| last.word == word) {
            Some(same) => same.ways.push(shortcut.caps()),
            None => rows.push(Row { word, ways: vec![shortcut.caps()] }),
        }
    }
    rows
}
