//! Which columns the list has: state and name always, the others as the reader wants.

use std::fmt;

use crate::messages::Messages;

type Word = fn(Messages) -> String;

/// Every column that can be left out: its name in the address, its head, and whether it is there at first.
const COLUMNS: [(&str, Word, bool); 8] = [
    ("queue", Messages::jobs_queue, true),
    ("priority", Messages::jobs_column_priority, false),
    ("args", Messages::jobs_column_arguments, true),
    ("tags", Messages::jobs_column_tags, false),
    ("attempts", Messages::jobs_column_attempts, true),
    ("wait", Messages::jobs_column_wait, true),
    ("run", Messages::jobs_column_run, true),
    ("changed", Messages::jobs_column_changed, true),
];

/// Stands in the address when there are no others.
const NONE: &str = "none";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns([bool; COLUMNS.len()]);

/// One of them, as the chooser shows it.
pub(super) struct Choice {
    pub(super) word: String,
    pub(super) shown: bool,
    pub(super) columns: Columns,
}

impl Columns {
    /// Nobody wanted anything: the usual ones. Names that nobody knows are passed over.
    pub(super) fn read(text: &str) -> Self {
        match text {
            "" => Self(COLUMNS.map(|(.., usual)| usual)),
            text => Self(COLUMNS.map(|(name, ..)| text.split(',').any(|wanted| wanted == name))),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        COLUMNS.iter().zip(self.0).any(|((known, ..), shown)| *known == name && shown)
    }

    pub(super) fn choices(&self, m: Messages) -> Vec<Choice> {
        let choice = |index: usize| {
            let mut columns = self.clone();
            columns.0[index] = !columns.0[index];
            Choice { word: COLUMNS[index].1(m), shown: self.0[index], columns }
        };
        (0..COLUMNS.len()).map(choice).collect()
    }
}

/// As the address has it.
impl fmt::Display for Columns {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::read("") {
            return Ok(());
        }
        let names = COLUMNS.iter().zip(self.0).filter(|(_, shown)| *shown).map(|((name, ..), _)| *name);
        let names = names.collect::<Vec<_>>().join(",");
        out.write_str(if names.is_empty() { NONE } else { &names })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_address_says_is_what_it_will_say() {
        for text in ["", "queue,run", "none", "priority"] {
            assert_eq!(Columns::read(text).to_string(), text);
        }
        assert_eq!(Columns::read("run,colour,queue").to_string(), "queue,run");
    }

    #[test]
    fn each_choice_changes_one_column() {
        let usual = Columns::read("");

        let choices = usual.choices(Messages::default());

        assert!(choices.iter().all(|choice| choice.columns != usual));
        assert_eq!(choices.iter().filter(|choice| choice.shown).count(), 6);
        assert_eq!(choices[1].columns.to_string(), "queue,priority,args,attempts,wait,run,changed");
    }
}
