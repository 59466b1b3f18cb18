//! How long something has been going on, which goes on on the page.

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{DateTime, Utc};

use super::Look;
use crate::messages::Messages;

/// A duration that `assets/tick.js` lets go on, with the words that it needs for that.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/ticking.html")]
pub(crate) struct Ticking {
    milliseconds: i64,
    shown: String,
    m: Messages,
}

impl HtmlSafe for Ticking {}

impl Look {
    pub(crate) fn ticking(&self, since: DateTime<Utc>) -> Ticking {
        let time = self.now - since;
        Ticking { milliseconds: time.num_milliseconds().max(0), shown: self.duration(time), m: self.m }
    }
}
