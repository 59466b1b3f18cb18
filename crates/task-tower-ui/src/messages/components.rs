//! The page on which every part is shown at real size.

use super::{Markup, Messages, messages, rich};

messages! {
    components_title => "Components";
    components_explained => "Everything the pages are made of, at real size.";
}

rich! {
    components_searched(link) => "Searched the newest 100,000 jobs. {link}";
    components_without(chip) => "Without {chip} there are 38.";
}

impl Messages {
    /// A word of an example: it stands nowhere else.
    pub(crate) fn sample(self, words: &str) -> String {
        self.say(words, &[])
    }

    /// The end of a search, with the way to go on.
    pub(crate) fn components_link(self, words: &str) -> Markup {
        Markup::link("components", &self.sample(words))
    }
}
