//! All words of the dashboard, in one place: a file for each page, a line for each message. What
//! is not here is data, or a name that nobody translates (`translate="no"` in the templates).
//!
//! `messages!` makes a method of [`Messages`] from a line; what stands in braces is an argument.
//! `plurals!` makes one that takes a number. `rich!` makes one whose arguments are [`Markup`].

mod api;
mod audit;
mod batches;
mod components;
mod doctor;
mod errors;
mod faults;
mod forms;
mod frame;
mod job;
mod jobs;
mod kinds;
mod live;
mod log;
mod look;
mod markup;
mod misread;
mod operations;
mod overview;
mod pseudo;
mod queues;
mod recurring;
mod settings;
mod states;
mod times;
mod undo;
mod views;
mod workers;

use std::fmt::{Display, Write as _};

pub(crate) use markup::Markup;

/// The language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Locale {
    /// English.
    #[default]
    English,
    /// English in other letters, by which tests see what is not in the messages.
    Pseudo,
}

impl Locale {
    /// As the attribute `lang` has it.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Pseudo => "en-XA",
        }
    }
}

/// The words of the pages in one language. Every template gets one, as `m`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Messages {
    pub(crate) locale: Locale,
}

impl Messages {
    fn say(self, text: &str, arguments: &[(&str, &dyn Display)]) -> String {
        self.fill(text, arguments, |words| words.to_owned())
    }

    /// The same as markup: the words are escaped, the arguments are markup already.
    fn say_markup(self, text: &str, arguments: &[(&str, &dyn Display)]) -> Markup {
        Markup::trusted(self.fill(text, arguments, |words| Markup::text(words).to_string()))
    }

    fn fill(self, text: &str, arguments: &[(&str, &dyn Display)], escape: fn(&str) -> String) -> String {
        let mut said = String::new();
        let mut rest = text;
        while let Some((words, piece)) = rest.split_once('{') {
            let (name, after) = piece.split_once('}').expect("every brace of a message is closed");
            let (_, value) = arguments.iter().find(|(known, _)| *known == name).expect("a message names its arguments");
            said.push_str(&escape(&self.translate(words)));
            write!(said, "{value}").expect("a String can always be written to");
            rest = after;
        }
        said.push_str(&escape(&self.translate(rest)));
        if self.locale == Locale::Pseudo { format!("[{said}]") } else { said }
    }

    fn translate(self, words: &str) -> String {
        match self.locale {
            Locale::English => words.to_owned(),
            Locale::Pseudo => pseudo::accented(words),
        }
    }
}

macro_rules! messages {
    ($($name:ident $(($($argument:ident),+))? => $text:literal;)*) => {
        #[allow(clippy::needless_pass_by_value, reason = "templates pass what they have")]
        impl $crate::messages::Messages {
            $(pub(crate) fn $name(self $($(, $argument: impl std::fmt::Display)+)?) -> String {
                self.say($text, &[$($((stringify!($argument), &$argument)),+)?])
            })*
        }
    };
}

/// The number stands in the text as `{number}`, with its commas.
macro_rules! plurals {
    ($($name:ident => $one:literal, $other:literal;)*) => {
        impl $crate::messages::Messages {
            $(pub(crate) fn $name(self, number: u64) -> String {
                let text = if number == 1 { $one } else { $other };
                self.say(text, &[("number", &$crate::say::with_commas(number))])
            })*
        }
    };
}

/// The arguments are links, names in bold, and the like.
macro_rules! rich {
    ($($name:ident ($($argument:ident),+) => $text:literal;)*) => {
        #[allow(clippy::needless_pass_by_value, reason = "templates pass what they have")]
        impl $crate::messages::Messages {
            $(pub(crate) fn $name(self $(, $argument: $crate::messages::Markup)+) -> $crate::messages::Markup {
                self.say_markup($text, &[$((stringify!($argument), &$argument)),+])
            })*
        }
    };
}

use {messages, plurals, rich};

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: Messages = Messages { locale: Locale::English };
    const PSEUDO: Messages = Messages { locale: Locale::Pseudo };

    #[test]
    fn what_stands_in_braces_is_replaced_by_what_was_given() {
        let said = ENGLISH.say("{a} of {b} slots", &[("a", &3), ("b", &"{a}")]);

        assert_eq!(said, "3 of {a} slots");
    }

    #[test]
    fn the_pseudo_locale_changes_words_and_leaves_data() {
        let said = PSEUDO.say("Jobs of {queue}", &[("queue", &"mail")]);

        assert!(said.starts_with('[') && said.ends_with("mail]"), "{said}");
        assert!(!said.replace("mail", "").chars().any(|letter| letter.is_ascii_alphabetic()), "{said}");
    }

    #[test]
    fn markup_escapes_the_words_and_its_parts() {
        let link = Markup::link("jobs?a&b", "<mail>");

        let said = ENGLISH.say_markup("Q & {link}", &[("link", &link)]).to_string();

        assert_eq!(said, "Q &#38; <a href=\"jobs?a&#38;b\">&#60;mail&#62;</a>");
    }
}
