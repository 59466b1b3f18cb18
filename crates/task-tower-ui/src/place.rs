//! Where a request stands in the dashboard, and how links get from there to its root. Links are
//! relative, so neither a prefix nor a proxy that strips one can break them.

use axum::extract::OriginalUri;

/// The way from the page of this request to the root of the dashboard: `./`, `../`, `../../`, ….
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) root: String,
}

impl Place {
    /// `path` is the path within the dashboard, as nesting leaves it.
    pub(crate) fn of(path: &str) -> Self {
        let depth = path.matches('/').count().saturating_sub(1);
        Self { root: if depth == 0 { "./".to_owned() } else { "../".repeat(depth) } }
    }
}

/// Whether an address that a form names stays inside the dashboard; it is relative to the root.
pub(crate) fn is_inside(address: &str) -> bool {
    let (path, _) = address.split_once('?').unwrap_or((address, ""));
    let stays = !path.starts_with('/') && !path.contains([':', '\\']) && !path.split('/').any(|part| part == "..");
    stays && !address.is_empty() && !address.chars().any(char::is_control)
}

/// Where the front door leads. It may be entered without a slash at the end, and then its last
/// segment belongs into the link.
pub(crate) fn from_front_door(OriginalUri(uri): &OriginalUri) -> String {
    let last = uri.path().rsplit('/').next().unwrap_or_default();
    match last {
        "" => "./overview".to_owned(),
        segment => format!("./{segment}/overview"),
    }
}

/// The page to go back to that a request names, if it is one of this site. Anything else could lead to another
/// site: two slashes, a backslash, and control characters, which browsers leave out.
pub(crate) fn back(next: Option<&str>) -> Option<&str> {
    let next = next?;
    let is_local = next.starts_with('/') && !next[1..].starts_with('/');
    (is_local && !next.chars().any(|letter| letter == '\\' || letter.is_control())).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_root_goes_up_once_for_each_folder() {
        let root = |path| Place::of(path).root;

        assert_eq!(root("/"), "./");
        assert_eq!(root("/jobs"), "./");
        assert_eq!(root("/jobs/1"), "../");
        assert_eq!(root("/jobs/1/requeue"), "../../");
    }

    #[test]
    fn the_way_back_stays_on_this_site() {
        for good in ["/", "/jobs", "/task-tower/jobs?state=dead&next=//x"] {
            assert_eq!(back(Some(good)), Some(good));
        }
        for bad in [
            "",
            "jobs",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            " /jobs",
            "/jobs\r\nset-cookie: x",
            "/a\\..\\b",
        ] {
            assert_eq!(back(Some(bad)), None, "{bad:?}");
        }
    }

    #[test]
    fn the_front_door_opens_with_and_without_a_slash() {
        let from = |path: &str| from_front_door(&OriginalUri(path.parse().unwrap()));

        assert_eq!(from("/"), "./overview");
        assert_eq!(from("/task-tower"), "./task-tower/overview");
        assert_eq!(from("/a/b/"), "./overview");
    }
}
