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

impl<T: Into<String>> IntoTags for Vec<T> {
    fn into_tags(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}
