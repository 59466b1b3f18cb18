//! Where parts of tags and values may be compared: not in a job that hides something. What is hidden there may be repeated
//! in its tags and its other values, and would be found letter by letter.

use task_tower::{FilterTerm, JobFilter};

use super::{Place, Redact, forms};

/// Stands between the letters of a name: however its words are joined, and whatever letters no lowercase is known of.
const BETWEEN: &str = "[^a-z0-9]*";

/// Why a filter is refused.
pub(crate) enum Refused {
    /// The values of this key are hidden.
    Key(String),
    /// A function hides values of which nobody knows which, and this term compares parts.
    Part(String),
}

impl Redact {
    /// What a filter asks for that it must not.
    pub(crate) fn refuses(&self, filter: &JobFilter) -> Option<Refused> {
        let by_key = |key: &String| self.hides_term(key);
        let mut parts = filter.terms().iter().filter(|term| term.compares_parts() && !self.hooks.is_empty());
        let key = filter.terms().iter().map(|term| term.key()).find(by_key);
        key.map(Refused::Key).or_else(|| parts.next().map(|term| Refused::Part(term.text())))
    }

    /// Whether jobs are left out because the filter compares parts.
    pub(crate) fn spares(&self, filter: &JobFilter) -> bool {
        filter.terms().iter().any(FilterTerm::compares_parts) && self.guard().is_some()
    }

    /// What a job has in its tags or its data, in lowercase, when something of it may be hidden; `None` when nothing ever is.
    /// It rather fits too much.
    pub(crate) fn guard(&self) -> Option<String> {
        let keys = self.keys.hidden().map(spelled);
        let places = self.paths.iter().map(Place::named);
        let forms = forms::patterns().into_iter().filter(|_| self.credentials);
        let patterns: Vec<String> = keys.chain(places).chain(forms).collect();
        (!patterns.is_empty()).then(|| patterns.join("|"))
    }
}

/// The name of a secret, as part of whatever key.
fn spelled(name: &str) -> String {
    let letters: Vec<String> = name.chars().filter(char::is_ascii_alphanumeric).map(String::from).collect();
    letters.join(BETWEEN)
}

impl Place {
    /// The innermost key that it names, in quotes, also as JSON has it inside of a string; anything at all if it names none.
    fn named(&self) -> String {
        let is_name = |name: &&String| *name != "*" && name.parse::<usize>().is_err();
        let exactly = |name: &String| {
            let letter = |letter: char| match letter.is_ascii_alphanumeric() {
                true => letter.to_ascii_lowercase().to_string(),
                false => BETWEEN.to_owned(),
            };
            format!("\"{}\\\\*\"", name.chars().map(letter).collect::<String>())
        };
        self.path.iter().rev().find(is_name).map(exactly).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_knows_what_is_hidden_by_its_name_its_place_or_its_form() {
        let redact = Redact::nothing().key("API key").path("send_*", "to.*.Address").path("x", "a.0");

        assert_eq!(
            redact.guard().unwrap(),
            "a[^a-z0-9]*p[^a-z0-9]*i[^a-z0-9]*k[^a-z0-9]*e[^a-z0-9]*y|\"address\\\\*\"|\"a\\\\*\""
        );
        assert_eq!(Redact::nothing().path("x", "*").guard().unwrap(), "");
        assert!(Redact::default().guard().unwrap().contains("bearer"));
        assert_eq!(Redact::nothing().guard(), None);
    }
}
