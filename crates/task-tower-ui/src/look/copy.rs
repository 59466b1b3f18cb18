//! A button that copies the text of an element of its page.

use askama::Template;
use askama::filters::HtmlSafe;

use super::{Icon, Look};

/// It is there only where a script runs: without one, the text can be selected.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/copy.html")]
pub(crate) struct CopyButton {
    icon: Icon,
    /// The `id` of the element.
    source: &'static str,
    word: String,
    /// What is told when it is done, and when the browser refused.
    told: String,
    refused: String,
    is_small: bool,
}

impl HtmlSafe for CopyButton {}

impl Look {
    pub(crate) fn copy(&self, source: &'static str, word: String, told: String) -> CopyButton {
        CopyButton { icon: self.icon("copy"), source, word, told, refused: self.m.look_not_copied(), is_small: false }
    }
}

impl CopyButton {
    /// Without its word, beside what it copies.
    pub(crate) fn small(self) -> Self {
        Self { is_small: true, ..self }
    }
}
