//! A state as the page shows it: a color, a word and a shape of its own.

use askama::Template;
use askama::filters::HtmlSafe;
use task_tower::JobState;

use crate::look::{Icon, Look};
use crate::messages::Markup;

/// The state of a job. Its color is a class of the style sheet, its shape an icon of the same name.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/badge.html")]
pub(crate) struct Badge {
    pub(crate) class: &'static str,
    pub(crate) word: Markup,
    pub(crate) icon: Icon,
    form: &'static str,
}

impl HtmlSafe for Badge {}

impl Look {
    pub(crate) fn badge(&self, state: JobState) -> Badge {
        self.badge_of(state.as_str(), self.m.state(state))
    }

    /// A badge whose words say more than the state: what happens next, or for how long.
    #[expect(clippy::needless_pass_by_value, reason = "words are made for the badge")]
    pub(crate) fn badge_of(&self, class: &'static str, word: String) -> Badge {
        self.badge_saying(class, Markup::text(&word))
    }

    /// The same with words of which a part is more than text.
    pub(crate) fn badge_saying(&self, class: &'static str, word: Markup) -> Badge {
        Badge { class, word, icon: self.icon(class), form: "" }
    }
}

impl Badge {
    /// Larger, beside the title of a page.
    pub(crate) fn large(self) -> Self {
        Self { form: " large", ..self }
    }

    /// Without a border, where a column holds nothing else.
    pub(crate) fn plain(self) -> Self {
        Self { form: " plain", ..self }
    }
}
