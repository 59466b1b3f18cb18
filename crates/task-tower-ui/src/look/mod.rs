//! What pages are made of. A page is built like this:
//!
//! 1. The handler takes `State(desk)` and a [`Visit`](crate::visit::Visit), asks `desk.console`, and makes a
//!    `Frame::new(&visit, "queues", m.nav_queues())`; the first three words are the
//!    section of the navigation, which `pages/frame.rs` lists.
//! 2. `visit.look` makes everything that is shown: `look.badge(state)`, `look.icon("pause")`,
//!    `look.time(at)` in lists and `look.moment(at)` in facts, `look.duration(delta)`.
//! 3. Charts are structs of plain numbers: `Spark { .. }`, `Bar { .. }`, `Columns { .. }`. They are
//!    `Display`, so the template says `{{ row.spark }}`; no chart looks at a clock or a database.
//! 4. Words come from `m`, which every page struct has beside its `frame`; new ones are lines in `messages/`.
//! 5. The template extends `layout.html`, fills `content`, and uses the classes that `/components` shows.
//!    Geometry stands in attributes of SVG, color in classes; there is no style and no script inline.

mod backoff;
mod columns;
mod copy;
mod graph;
mod icon;
mod json;
mod lines;
mod plot;
mod scale;
mod small;
mod spread;
mod svg;
mod ticking;
mod time;
pub(crate) mod timeline;
mod trace;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use task_tower::{FilterError, JobFilter};

use crate::assets;
use crate::code::CodeUrl;
use crate::messages::Messages;
use crate::place::Place;
use crate::say;
use crate::settings::Settings;

pub(crate) use backoff::Backoff;
pub(crate) use columns::{Columns, Mark};
pub(crate) use copy::CopyButton;
pub(crate) use graph::{GRAPH_EDGES_MAX, GRAPH_STEPS_MAX, Graph, Node};
pub(crate) use icon::Icon;
pub(crate) use json::{REDACTED, Tree};
pub(crate) use lines::Lines;
pub(crate) use plot::{Plot, Twin};
pub(crate) use small::{Bar, Beads, Slots, Spark};
pub(crate) use spread::{HeatMap, Histogram, Strip};
pub(crate) use time::{Stamp, typed_in};
pub(crate) use timeline::Timeline;
pub(crate) use trace::{LogLine, Logs, Stack, StackFrame};

/// The words, the zone and the present time of one request. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) m: Messages,
    pub(crate) settings: Settings,
    pub(crate) now: DateTime<Utc>,
    /// Where the files are, from the page that is shown.
    pub(crate) assets: Arc<str>,
    /// Where the code is read that stacks are of.
    pub(crate) code: Option<CodeUrl>,
}

impl Look {
    pub(crate) fn new(m: Messages, settings: Settings, place: &Place) -> Self {
        let assets = format!("{}assets/{}/", place.root, *assets::HASH).into();
        Self { m, settings, now: Utc::now(), assets, code: None }
    }

    /// A filter as this reader writes it: its dates are by the clocks of their zone.
    pub(crate) fn filter(&self, text: &str) -> Result<JobFilter, FilterError> {
        JobFilter::parse_in(text, &self.settings.zone)
    }

    /// How long something took, in two units at the most.
    pub(crate) fn duration(&self, time: TimeDelta) -> String {
        say::duration(self.m, time)
    }

    /// The same of what was measured.
    pub(crate) fn span(&self, time: Duration) -> String {
        self.duration(TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX))
    }
}
