//! The same language for groups of errors. It has fewer keys, and bare words are parts of what happened.

use std::fmt;

use super::TERMS_MAX;
use super::condition::Text;
use super::fault::FilterError;
use super::lexer::{self, Raw};
use super::value::Value;
use crate::config::nearest;
use crate::record::ErrorGroup;

/// What a term is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GroupKey {
    /// A part of the fingerprint, the class or the message.
    Word,
    Kind,
    Queue,
    /// Where it first occurred.
    Version,
}

/// One term: any of its values, or none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupTerm {
    pub(crate) key: GroupKey,
    pub(crate) negated: bool,
    pub(crate) values: Vec<Value>,
}

impl GroupKey {
    /// All that can be written.
    pub(crate) const ALL: [GroupKey; 3] = [GroupKey::Kind, GroupKey::Queue, GroupKey::Version];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            GroupKey::Word => "",
            GroupKey::Kind => "kind",
            GroupKey::Queue => "queue",
            GroupKey::Version => "version",
        }
    }

    pub(crate) fn find(written: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == written)
    }

    fn read(raw: &Raw) -> Result<Self, FilterError> {
        let Some(pieces) = &raw.key else { return Ok(Self::Word) };
        let written = pieces.join(".");
        Self::find(&written).ok_or_else(|| {
            let column = raw.column + usize::from(raw.negated);
            let meant = nearest(&written.to_lowercase(), &Self::ALL.map(Self::as_str));
            FilterError::new(column, format!("there is no key \"{}\"", written.escape_debug())).suggest(meant)
        })
    }
}

impl GroupTerm {
    /// As the statements ask for it.
    pub(crate) fn fits(&self, group: &ErrorGroup) -> bool {
        let named = |name: &str| self.values.iter().any(|value| Text::from(value).fits(name));
        let found = match self.key {
            GroupKey::Word => self.is_in(&format!("{} {}: {}", group.fingerprint, group.class, group.message)),
            GroupKey::Kind => named(&group.kind),
            GroupKey::Queue => group.queues.iter().any(|queue| named(queue)),
            GroupKey::Version => named(group.first_version.as_deref().unwrap_or_default()),
        };
        found != self.negated
    }

    fn is_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.values.iter().any(|value| text.contains(&value.text.to_lowercase()))
    }

    /// Exactly this.
    pub(crate) fn is(key: GroupKey, value: impl Into<String>) -> Self {
        Self { key, negated: false, values: vec![Value::plain(value)] }
    }
}

/// As it was written. A bare word must not be taken for a key, nor for a negation.
impl fmt::Display for GroupTerm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_word = self.key == GroupKey::Word;
        let value = |value: &Value| {
            let quoted = value.quoted || (is_word && (value.text.contains(':') || value.text.starts_with('-')));
            Value { quoted, ..value.clone() }.to_string()
        };
        let (sign, colon) = (if self.negated { "-" } else { "" }, if is_word { "" } else { ":" });
        let values: Vec<String> = self.values.iter().map(value).collect();
        write!(out, "{sign}{}{colon}{}", self.key.as_str(), values.join(","))
    }
}

pub(crate) fn group_terms(text: &str) -> Result<Vec<GroupTerm>, FilterError> {
    let mut terms = Vec::new();
    for raw in lexer::terms(text)? {
        if terms.len() == TERMS_MAX {
            return Err(FilterError::new(raw.column, format!("more than {TERMS_MAX} terms")));
        }
        let key = GroupKey::read(&raw)?;
        let values = raw.values.into_iter().map(|written| written.value).collect();
        terms.push(GroupTerm { key, negated: raw.negated, values });
    }
    Ok(terms)
}
