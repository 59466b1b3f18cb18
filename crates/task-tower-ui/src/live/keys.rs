//! Every shortcut, in one table: the script takes its bindings from it, and the page of help its rows.

use crate::messages::Messages;

/// Shortcuts that belong together.
pub(crate) struct Group {
    pub(crate) word: fn(Messages) -> String,
    pub(crate) shortcuts: &'static [Shortcut],
}

pub(crate) struct Shortcut {
    /// As browsers name them; a blank stands between two that are pressed one after the other.
    keys: &'static str,
    /// What the script calls it, or the page that it leads to.
    name: &'static str,
    is_page: bool,
    pub(crate) word: fn(Messages) -> String,
}

impl Shortcut {
    /// The page of the navigation that it leads to, if it leads to one.
    pub(crate) fn page(&self) -> Option<&'static str> {
        self.is_page.then_some(self.name)
    }

    /// What is printed on the keys.
    pub(crate) fn caps(&self) -> Vec<String> {
        self.keys.split(' ').flat_map(caps).collect()
    }
}

fn caps(key: &str) -> Vec<String> {
    match key {
        "Escape" => vec!["Esc".to_owned()],
        "mod" => vec!["⌘".to_owned()],
        key if key.len() == 1 && key.chars().all(char::is_uppercase) => vec!["⇧".to_owned(), key.to_lowercase()],
        key => vec![key.to_owned()],
    }
}

macro_rules! shortcuts {
    ($($group:ident { $($keys:literal $what:ident $name:literal $word:ident;)* })*) => {
        pub(crate) const GROUPS: &[Group] = &[$(Group {
            word: Messages::$group,
            shortcuts: &[$(Shortcut {
                keys: $keys,
                name: $name,
                is_page: matches!(stringify!($what).as_bytes(), b"page"),
                word: Messages::$word,
            }),*],
        }),*];

        /// The same for the script.
        pub(crate) const BINDINGS: &str = concat!(
            "export const bindings = [\n",
            $($("  { keys: \"", $keys, "\", ", stringify!($what), ": \"", $name, "\" },\n",)*)*
            "];\n"
        );
    };
}

shortcuts! {
    keys_group_go {
        "g o" page "overview" keys_overview;
        "g j" page "jobs" nav_jobs;
        "g q" page "queues" nav_queues;
        "g k" page "kinds" keys_kinds;
        "g e" page "errors" keys_errors;
        "g r" page "recurring" keys_recurring;
        "g w" page "workers" nav_workers;
        "g d" page "doctor" keys_doctor;
        "mod k" command "palette" keys_palette;
        "/" command "filter" keys_filter;
    }
    keys_group_list {
        "j" command "next" keys_next;
        "k" command "previous" keys_previous;
        "o" command "open" keys_open;
        "Enter" command "open" keys_open;
        "x" command "pick" keys_pick;
        "X" command "pick_to" keys_pick_to;
        "*" command "pick_all" keys_pick_all;
        "[" command "newer" keys_newer;
        "]" command "older" keys_older;
        "Escape" command "clear" keys_clear;
    }
    keys_group_act {
        "R" command "requeue" keys_requeue;
        "C" command "cancel" keys_cancel;
        "D" command "discard" keys_discard;
        "u" command "undo" keys_undo;
    }
    keys_group_page {
        "r" command "live" keys_live;
        "." command "times" keys_times;
        "t" command "theme" keys_theme;
        "?" command "help" keys_help;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_key_stands_for_two_things() {
        let keys: Vec<&str> = GROUPS.iter().flat_map(|group| group.shortcuts).map(|shortcut| shortcut.keys).collect();

        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
    }

    #[test]
    fn the_script_is_told_of_each_and_whether_it_leads_to_a_page() {
        assert!(BINDINGS.contains("{ keys: \"g j\", page: \"jobs\" }"), "{BINDINGS}");
        assert!(BINDINGS.contains("{ keys: \"Escape\", command: \"clear\" }"), "{BINDINGS}");
    }
}
