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

/// Where the front door leads. It may be entered without a slash at the end, and then its last
/// segment belongs into the link.
pub(crate) fn from_front_door(OriginalUri(uri): &OriginalUri) -> String {
    let last = uri.path().rsplit('/').next().unwrap_or_default();
    match last {
        "" => "./jobs".to_owned(),
        segment => format!("./{segment}/jobs"),
    }
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
    fn the_front_door_opens_with_and_without_a_slash() {
        let from = |path: &str| from_front_door(&OriginalUri(path.parse().unwrap()));

        assert_eq!(from("/"), "./jobs");
        assert_eq!(from("/task-tower"), "./task-tower/jobs");
        assert_eq!(from("/a/b/"), "./jobs");
    }
}
