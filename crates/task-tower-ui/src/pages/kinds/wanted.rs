//! What the address of the list of kinds asks for, and addresses of the same list otherwise.

use serde::Deserialize;
use task_tower::{KindFilter, KindSort, Window};

use crate::access::Visitor;
use crate::links::encode;
use crate::pages::window;

/// So many kinds stand on a page.
const PAGE: usize = 50;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// A part of the name.
    q: String,
    window: String,
    sort: String,
    after: String,
    before: String,
}

impl Wanted {
    pub(super) fn q(&self) -> &str {
        self.q.trim()
    }

    /// By name, unless another order is named.
    pub(super) fn sort(&self) -> KindSort {
        KindSort::ALL.into_iter().find(|sort| sort.as_str() == self.sort).unwrap_or_default()
    }

    pub(super) fn window(&self) -> Window {
        window::named(&self.window)
    }

    pub(super) fn filter(&self, visitor: &Visitor) -> KindFilter {
        let filter = KindFilter::new(self.window()).part(self.q()).sort(self.sort()).limit(PAGE);
        let filter = filter.scoped(visitor.scope.kind_patterns().map(<[String]>::to_vec));
        match (self.after.as_str(), self.before.as_str()) {
            ("", "") => filter,
            ("", before) => filter.before(before),
            (after, _) => filter.after(after),
        }
    }

    /// The same kinds of another time.
    pub(super) fn over(&self, window: &str) -> String {
        Self { window: window.to_owned(), ..self.first() }.address()
    }

    /// The same kinds in another order.
    pub(super) fn sorted(&self, sort: KindSort) -> String {
        let sort = if sort == KindSort::Name { "" } else { sort.as_str() };
        Self { sort: sort.to_owned(), ..self.first() }.address()
    }

    pub(super) fn after(&self, name: &str) -> String {
        Self { after: name.to_owned(), ..self.first() }.address()
    }

    pub(super) fn before(&self, name: &str) -> String {
        Self { before: name.to_owned(), ..self.first() }.address()
    }

    /// Without a part of the name.
    pub(super) fn all(&self) -> String {
        Self { q: String::new(), ..self.first() }.address()
    }

    /// What a form has to send beside the part of the name.
    pub(super) fn others(&self) -> Vec<(&'static str, &str)> {
        let others = [("window", self.window.as_str()), ("sort", self.sort.as_str())];
        others.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    fn first(&self) -> Self {
        Self { after: String::new(), before: String::new(), ..self.clone() }
    }

    fn address(&self) -> String {
        let parameters = [
            ("q", self.q()),
            ("window", &self.window),
            ("sort", &self.sort),
            ("after", &self.after),
            ("before", &self.before),
        ];
        let given = parameters.into_iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = given.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        if query.is_empty() { "kinds".to_owned() } else { format!("kinds?{}", query.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_was_asked_for_but_the_place() {
        let wanted =
            Wanted { q: "a&b".to_owned(), sort: "dead".to_owned(), after: "x".to_owned(), ..Wanted::default() };

        assert_eq!(wanted.over("7d"), "kinds?q=a%26b&window=7d&sort=dead");
        assert_eq!(wanted.sorted(KindSort::Name), "kinds?q=a%26b");
        assert_eq!(wanted.after("b c"), "kinds?q=a%26b&sort=dead&after=b%20c");
        assert_eq!(Wanted::default().all(), "kinds");
    }
}
