//! A value of a term, and how it is written so that it reads back as the same.

use std::fmt;

/// One of the values behind a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) text: String,
    /// It stood in quotes, and is a text whatever it looks like.
    pub(crate) quoted: bool,
    /// It ended with a star: whatever begins like this.
    pub(crate) prefix: bool,
}

impl Value {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), quoted: false, prefix: false }
    }

    /// Where quotes make no difference they are only written where they have to.
    pub(super) fn unquoted(mut self) -> Self {
        self.quoted = false;
        self
    }

    fn needs_quotes(&self) -> bool {
        let odd = |character: char| character.is_whitespace() || "\",\\".contains(character);
        let empty = self.text.is_empty() && !self.prefix;
        self.quoted || empty || self.text.contains(odd) || self.text.ends_with('*')
    }
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.needs_quotes() {
            true => out.write_str(&quote(&self.text))?,
            false => out.write_str(&self.text)?,
        }
        out.write_str(if self.prefix { "*" } else { "" })
    }
}

pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
