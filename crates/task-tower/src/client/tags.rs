//! One tag, or several.

/// What [`Client::tag_job`](crate::Client::tag_job) takes: a text, or an array, a slice or a `Vec` of
/// texts.
pub trait IntoTags {
    /// The tags.
    fn into_tags(self) -> Vec<String>;
}

impl IntoTags for &str {
    fn into_tags(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

impl IntoTags for String {
    fn into_tags(self) -> Vec<String> {
        vec![self]
    }
}

impl IntoTags for &String {
    fn into_tags(self) -> Vec<String> {
        vec![self.clone()]
    }
}

impl<T: Into<String>, const N: usize> IntoTags for [T; N] {
    fn into_tags(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Clone + Into<String>> IntoTags for &[T] {
    fn into_tags(self) -> Vec<String> {
        self.iter().cloned().map(Into::into).collect()
    }
}

impl<T: Clone + Into<String>, const N: usize> IntoTags for &[T; N] {
    fn into_tags(self) -> Vec<String> {
        self.as_slice().into_tags()
    }
}

impl<T: Clone + Into<String>> IntoTags for &Vec<T> {
    fn into_tags(self) -> Vec<String> {
        self.as_slice().into_tags()
    }
}

impl<T: Into<String>> IntoTags for Vec<T> {
    fn into_tags(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

/// A tag that is given twice counts once.
pub(super) fn distinct(tags: Vec<String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        if !seen.contains(&tag) {
            seen.push(tag);
        }
    }
    seen
}
