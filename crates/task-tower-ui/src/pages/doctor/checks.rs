//! The checks, as sentences with facts.

use task_tower::{Check, Fact, Level, Sentence};

use crate::look::{Icon, Look};
use crate::messages::Markup;
use crate::say;

pub(super) struct CheckRow {
    pub(super) class: &'static str,
    pub(super) icon: Icon,
    pub(super) level: String,
    pub(super) title: Markup,
    pub(super) reason: Markup,
    pub(super) remedy: Option<Markup>,
}

impl CheckRow {
    pub(super) fn new(check: &Check, look: &Look) -> Self {
        let m = look.m;
        let (class, icon, level) = match check.level {
            Level::Passed => ("passed", "completed", m.doctor_passed()),
            Level::Warning => ("warning", "warning", m.doctor_warning()),
            _ => ("problem", "dead", m.doctor_problem()),
        };
        Self {
            class,
            icon: look.icon(icon),
            level,
            title: sentence(&check.title, look),
            reason: sentence(&check.reason, look),
            remedy: check.remedy.as_ref().map(|remedy| sentence(remedy, look)),
        }
    }
}

pub(super) fn sentence(sentence: &Sentence, look: &Look) -> Markup {
    let facts: Vec<(&str, Markup)> = sentence.facts().iter().map(|(name, value)| (*name, fact(value, look))).collect();
    look.m.doctor_sentence(sentence.text(), &facts)
}

fn fact(fact: &Fact, look: &Look) -> Markup {
    match fact {
        Fact::Name(name) => Markup::code(name),
        Fact::Number(number) => Markup::text(&say::with_commas(*number)),
        Fact::Duration(time) => Markup::text(&look.duration(*time)),
        Fact::Time(at) => Markup::shown(&look.time(*at)),
        Fact::Bytes(bytes) => Markup::text(&say::size(look.m, *bytes)),
        Fact::Percent(percent) => Markup::text(&look.m.percent(format!("{percent:.1}"))),
        other => Markup::text(&other.to_string()),
    }
}
