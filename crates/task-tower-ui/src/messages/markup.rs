//! Words with links and bold names in them, escaped where they are made.

use std::fmt;

use askama::filters::{Html, HtmlSafe, escape};

/// A piece of HTML that is safe to show: templates do not escape it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Markup(String);

impl Markup {
    /// Plain text.
    pub(crate) fn text(text: &str) -> Self {
        Self(escaped(text))
    }

    /// Text that leads to `href`.
    pub(crate) fn link(href: &str, text: &str) -> Self {
        Self(format!("<a href=\"{}\">{}</a>", escaped(href), escaped(text)))
    }

    /// A name that nobody translates, which leads to `href`.
    pub(crate) fn name(href: &str, name: &str) -> Self {
        Self(format!("<a href=\"{}\" translate=\"no\">{}</a>", escaped(href), escaped(name)))
    }

    /// Text that stands out.
    pub(crate) fn strong(text: &str) -> Self {
        Self(format!("<strong>{}</strong>", escaped(text)))
    }

    /// A name or a command, which nobody translates.
    pub(crate) fn code(text: &str) -> Self {
        Self(format!("<code>{}</code>", escaped(text)))
    }

    /// One after the other, with commas between.
    pub(crate) fn list(parts: impl Iterator<Item = Self>) -> Self {
        Self(parts.map(|part| part.0).collect::<Vec<_>>().join(", "))
    }

    /// A part of a page that is safe already, such as a time.
    pub(crate) fn shown(part: &impl HtmlSafe) -> Self {
        Self(part.to_string())
    }

    /// Where the style sheet or a script puts something, by the name of its class.
    pub(crate) fn place(class: &'static str) -> Self {
        Self(format!("<span class=\"{class}\"></span>"))
    }

    /// What was escaped already.
    pub(super) fn trusted(html: String) -> Self {
        Self(html)
    }
}

fn escaped(text: &str) -> String {
    match escape(text, Html) {
        Ok(safe) => safe.to_string(),
        Err(never) => match never {},
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}
