//! What surrounds every page: navigation, instance, way, search, zone.

use askama::Template;
use axum::response::Html;
use task_tower::{CENSUS_MAX, Census};

use super::undo::Notice;
use crate::access::{Permission, Permissions};
use crate::dashboard;
use crate::fault::Fault;
use crate::look::{Icon, Look};
use crate::messages::Messages;
use crate::say;
use crate::visit::Visit;

/// The pages of the navigation, by the first part of their address: a new one is one line here. The
/// second list stands below a line.
const SECTIONS: [&[Section]; 2] = [
    &[
        Section { path: "overview", word: Messages::nav_overview, of_all: false },
        Section { path: "jobs", word: Messages::nav_jobs, of_all: false },
        Section { path: "queues", word: Messages::nav_queues, of_all: false },
        Section { path: "kinds", word: Messages::nav_kinds, of_all: false },
        Section { path: "errors", word: Messages::nav_errors, of_all: false },
        Section { path: "batches", word: Messages::nav_batches, of_all: true },
        Section { path: "recurring", word: Messages::nav_recurring, of_all: false },
        Section { path: "workers", word: Messages::nav_workers, of_all: false },
    ],
    &[
        Section { path: "operations", word: Messages::nav_operations, of_all: false },
        Section { path: "audit", word: Messages::nav_audit, of_all: false },
        Section { path: "doctor", word: Messages::nav_doctor, of_all: true },
        Section { path: "settings", word: Messages::nav_settings, of_all: false },
    ],
];

/// A page of the navigation; its icon has the name of its path.
struct Section {
    path: &'static str,
    word: fn(Messages) -> String,
    /// Whether it tells of all jobs, so that it is not for those who see a part of them.
    of_all: bool,
}

impl Section {
    fn is_for(&self, visit: &Visit) -> bool {
        visit.view.sees_all || !self.of_all
    }
}

/// What the layout needs to know.
pub(super) struct Frame {
    pub(super) root: String,
    pub(super) look: Look,
    pub(super) m: Messages,
    pub(super) title: String,
    /// The pages above this one, each with its address from the root.
    pub(super) crumbs: Vec<(String, String)>,
    /// The navigation, in groups.
    pub(super) groups: Vec<Vec<Entry>>,
    /// Which buttons there are: those that the visitor may press.
    pub(super) may: Permissions,
    pub(super) read_only: bool,
    pub(super) read_only_why: String,
    /// Whether the page has regions that are worth fetching again.
    pub(super) live: bool,
    pub(super) instance: Option<Instance>,
    /// The other towers, one click away.
    pub(super) peers: Vec<Peer>,
    /// What was done a moment ago, with the way back.
    pub(super) undo: Option<Notice>,
    /// Who looks, if the policy of access knows.
    pub(super) actor: Option<String>,
    /// The page with its query, from the root.
    pub(super) here: String,
    pub(super) version: &'static str,
}

/// A line of the navigation.
pub(super) struct Entry {
    pub(super) path: &'static str,
    pub(super) icon: Icon,
    pub(super) word: String,
    pub(super) current: bool,
    pub(super) count: Option<Count>,
}

/// A number beside a line of the navigation.
pub(super) struct Count {
    pub(super) text: String,
    /// `""`, `warn` or `bad`.
    pub(super) tone: &'static str,
}

impl Count {
    /// Nothing beside a page of which there is nothing.
    fn of(path: &str, census: &Census) -> Option<Self> {
        let (number, tone) = match path {
            "queues" => (census.queues, ""),
            "kinds" => (census.kinds, ""),
            "errors" => (census.errors, "bad"),
            "recurring" => (census.recurring, ""),
            "workers" => return Self::of_workers(census),
            "operations" => (census.operations, ""),
            _ => return None,
        };
        (number > 0).then(|| Self { text: say::up_to(number, CENSUS_MAX), tone })
    }

    /// Of all that should be there, how many are.
    fn of_workers(census: &Census) -> Option<Self> {
        let (living, expected) = (census.workers, census.workers + census.silent_workers);
        match (living, expected) {
            (_, 0) => None,
            (living, expected) if living == expected => Some(Self { text: say::with_commas(living), tone: "" }),
            (living, expected) => Some(Self { text: format!("{living}/{expected}"), tone: "warn" }),
        }
    }
}

/// Which of several towers this is, so that nobody acts in the wrong one.
pub(super) struct Instance {
    pub(super) name: String,
    /// A color of the stripe: `red`, `orange`, `green`, `blue`, `violet`, `gray`.
    pub(super) color: &'static str,
    /// Where it is, and on which PostgreSQL.
    pub(super) facts: Vec<String>,
}

impl Instance {
    fn of(instance: &dashboard::Instance, visit: &Visit) -> Self {
        let server = visit.view.postgres.as_ref().map(|version| visit.look.m.postgres(version));
        let facts = instance.place.iter().cloned().chain(server).collect();
        Self { name: instance.name.clone(), color: instance.color.as_str(), facts }
    }
}

/// Another tower.
pub(super) struct Peer {
    pub(super) name: String,
    pub(super) color: &'static str,
    pub(super) address: String,
}

impl Peer {
    fn of(peer: &dashboard::Peer) -> Self {
        Self { name: peer.name.clone(), color: peer.color.as_str(), address: peer.address.clone() }
    }
}

impl Frame {
    /// `section` is the entry of the navigation that is lit.
    pub(super) fn new(visit: &Visit, section: &str, title: impl Into<String>) -> Self {
        let (m, may) = (visit.look.m, visit.view.may);
        Self {
            root: visit.place.root.clone(),
            m,
            title: title.into(),
            crumbs: Vec::new(),
            groups: groups(visit, section),
            may,
            read_only: may.contains(Permission::View) && may.is_read_only(),
            read_only_why: visit.view.read_only.map_or(m.frame_read_only_why(), |reason| m.read_only(reason)),
            live: true,
            instance: visit.view.instance.as_ref().map(|one| Instance::of(one, visit)),
            peers: visit.view.peers.iter().map(Peer::of).collect(),
            actor: visit.view.actor.clone(),
            undo: None,
            here: visit.here.clone(),
            version: env!("CARGO_PKG_VERSION"),
            look: visit.look.clone(),
        }
    }

    /// What the window is called: of several towers each has its name there.
    pub(super) fn document(&self) -> String {
        match &self.instance {
            Some(instance) => self.m.frame_document_of(&self.title, &instance.name),
            None => self.m.frame_document(&self.title),
        }
    }

    /// The tower in the color of the instance.
    pub(super) fn favicon(&self) -> String {
        self.instance.as_ref().map_or("tower.svg".to_owned(), |instance| format!("tower-{}.svg", instance.color))
    }

    /// Puts a page above this one.
    pub(super) fn under(mut self, path: impl Into<String>, word: String) -> Self {
        self.crumbs.push((path.into(), word));
        self
    }

    /// Shows a number beside a line of the navigation that only this page knows.
    pub(super) fn count(mut self, path: &str, text: String, tone: &'static str) -> Self {
        let entry = self.groups.iter_mut().flatten().find(|entry| entry.path == path);
        if let Some(entry) = entry {
            entry.count = Some(Count { text, tone });
        }
        self
    }

    /// Tells what was done before this page was shown.
    pub(super) fn with_undo(mut self, notice: Option<Notice>) -> Self {
        self.undo = notice;
        self
    }

    /// When the page was made.
    pub(super) fn as_of(&self) -> String {
        self.look.clock(self.look.now)
    }

    /// A page that stays as it is.
    pub(super) fn still(mut self) -> Self {
        self.live = false;
        self
    }
}

/// The pages of the navigation that this visitor may see, each by its path.
pub(crate) fn pages(visit: &Visit) -> impl Iterator<Item = (&'static str, String)> {
    let m = visit.look.m;
    let sections = SECTIONS.into_iter().flatten().filter(|section| section.is_for(visit));
    sections.map(move |section| (section.path, (section.word)(m)))
}

fn groups(visit: &Visit, current: &str) -> Vec<Vec<Entry>> {
    let look = &visit.look;
    let entry = |section: &Section| Entry {
        path: section.path,
        icon: look.icon(section.path),
        word: (section.word)(look.m),
        current: section.path == current,
        count: visit.view.census.as_ref().and_then(|census| Count::of(section.path, census)),
    };
    let group = |sections: &[Section]| sections.iter().filter(|section| section.is_for(visit)).map(entry).collect();
    SECTIONS.map(group).into()
}

pub(super) fn render(template: &impl Template) -> Result<Html<String>, Fault> {
    Ok(Html(template.render()?))
}
