//! Icons of the sprite `assets/icons.svg`.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;

use super::Look;

/// A shape beside a word; readers of the screen hear the word only.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/icon.html")]
pub(crate) struct Icon {
    assets: Arc<str>,
    name: &'static str,
}

impl HtmlSafe for Icon {}

impl Look {
    pub(crate) fn icon(&self, name: &'static str) -> Icon {
        Icon { assets: self.assets.clone(), name }
    }
}
