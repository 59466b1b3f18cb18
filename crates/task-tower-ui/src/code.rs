//! Where the code is read that places in stacks name: a host of repositories, an editor in the browser.

use std::sync::Arc;

use crate::links::encode;

/// The address of a line, with `{path}`, `{line}` and `{version}` in it.
#[derive(Clone, Debug)]
pub(crate) struct CodeUrl(Arc<str>);

impl CodeUrl {
    /// # Panics
    ///
    /// If it is no address of the web, or has no `{path}`.
    pub(crate) fn new(template: &str) -> Self {
        let is_web = ["https://", "http://"].iter().any(|scheme| template.starts_with(scheme));
        assert!(is_web && template.contains("{path}"), "{template} is no address of code with a {{path}}");
        Self(template.into())
    }

    /// The line of a place such as `src/pay.rs:118:5`, in that version of the program. None for places outside of the
    /// repository, and none where the address wants a version that is not known.
    pub(crate) fn link(&self, place: &str, version: Option<&str>) -> Option<String> {
        let (path, line) = parts(place)?;
        let is_inside =
            !path.starts_with('/') && !path.contains(['\\', ':']) && !path.split('/').any(|part| part == "..");
        let version = match (self.0.contains("{version}"), version) {
            (true, version) => encode(version?),
            (false, _) => String::new(),
        };
        let link = || self.0.replace("{version}", &version).replace("{line}", line).replace("{path}", &encode(path));
        is_inside.then(link)
    }
}

/// The path and the line; behind the line, there may be a column.
fn parts(place: &str) -> Option<(&str, &str)> {
    let (before, last) = number_behind(place)?;
    Some(number_behind(before).unwrap_or((before, last)))
}

fn number_behind(text: &str) -> Option<(&str, &str)> {
    let (before, number) = text.rsplit_once(':')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !before.is_empty()).then_some((before, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "https://git.example/shop/blob/{version}/{path}#L{line}";

    #[test]
    fn a_place_has_the_address_of_its_line_in_its_version() {
        let url = CodeUrl::new(TEMPLATE);
        let link = |place| url.link(place, Some("1.7 <b>"));

        let (with_column, without) = (link("crates/a b/src/pay.rs:118:5"), link("src/{line}.rs:7"));

        assert_eq!(
            with_column.as_deref(),
            Some("https://git.example/shop/blob/1.7%20%3Cb%3E/crates/a%20b/src/pay.rs#L118")
        );
        assert_eq!(without.as_deref(), Some("https://git.example/shop/blob/1.7%20%3Cb%3E/src/%7Bline%7D.rs#L7"));
    }

    #[test]
    fn what_is_not_known_or_lies_elsewhere_has_none() {
        let (url, plain) = (CodeUrl::new(TEMPLATE), CodeUrl::new("http://code/{path}"));

        for place in
            ["src/pay.rs", "", ":1", "/home/ana/src/pay.rs:1:2", "../pay.rs:1", "C:\\shop\\pay.rs:1", "a/../b.rs:3"]
        {
            assert_eq!(url.link(place, Some("1")), None, "{place}");
        }
        assert_eq!(url.link("src/pay.rs:1", None), None);
        assert_eq!(plain.link("src/pay.rs:1", None).as_deref(), Some("http://code/src/pay.rs"));
    }

    #[test]
    fn an_address_that_leads_nowhere_is_refused() {
        for template in ["", "javascript:alert({path})", "//git.example/{path}", "https://git.example/"] {
            assert!(std::panic::catch_unwind(|| CodeUrl::new(template)).is_err(), "{template}");
        }
    }
}
