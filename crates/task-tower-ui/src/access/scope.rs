//! Which queues and kinds a visitor sees.

use task_tower::{ErrorGroup, WorkerRecord};

/// Which queues and kinds a visitor sees: all of them, unless it is said otherwise.
///
/// A pattern is a name, or the beginning of one with a star behind it. A job is seen when both its queue and its
/// kind are.
///
/// ```
/// use task_tower_ui::Scope;
///
/// let scope = Scope::all().queues(["mail", "billing_*"]);
///
/// assert!(scope.admits("billing_eu", "charge_card"));
/// assert!(!scope.admits("images", "resize"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    queues: Option<Vec<String>>,
    kinds: Option<Vec<String>>,
}

impl Scope {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Only these queues; said twice, only those that both name.
    #[must_use]
    pub fn queues<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.queues = narrowed(self.queues, Some(patterns.into_iter().map(Into::into).collect()));
        self
    }

    /// Only these kinds; said twice, only those that both name.
    #[must_use]
    pub fn kinds<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.kinds = narrowed(self.kinds, Some(patterns.into_iter().map(Into::into).collect()));
        self
    }

    /// What both admit.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { queues: narrowed(self.queues, other.queues), kinds: narrowed(self.kinds, other.kinds) }
    }

    /// Whether a job of this queue and kind is seen.
    #[must_use]
    pub fn admits(&self, queue: &str, kind: &str) -> bool {
        self.admits_queue(queue) && self.admits_kind(kind)
    }

    /// Whether this queue is seen.
    #[must_use]
    pub fn admits_queue(&self, queue: &str) -> bool {
        is_among(self.queues.as_deref(), queue)
    }

    /// Whether this kind is seen.
    #[must_use]
    pub fn admits_kind(&self, kind: &str) -> bool {
        is_among(self.kinds.as_deref(), kind)
    }

    /// Whether a group of errors is seen: one of its queues has to be.
    pub(crate) fn admits_errors(&self, group: &ErrorGroup) -> bool {
        self.admits_kind(&group.kind) && group.queues.iter().any(|queue| self.admits_queue(queue))
    }

    /// Whether a worker is seen: it has to take jobs that are. One that names no queues takes jobs of all.
    pub(crate) fn admits_worker(&self, worker: &WorkerRecord) -> bool {
        let takes =
            |names: &[String], admits: &dyn Fn(&str) -> bool| names.is_empty() || names.iter().any(|name| admits(name));
        takes(&worker.queues, &|name| self.admits_queue(name)) && takes(&worker.kinds, &|name| self.admits_kind(name))
    }

    /// Whether everything is seen.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.queues.is_none() && self.kinds.is_none()
    }

    /// The patterns of queues; `None` for all.
    #[must_use]
    pub fn queue_patterns(&self) -> Option<&[String]> {
        self.queues.as_deref()
    }

    /// The patterns of kinds; `None` for all.
    #[must_use]
    pub fn kind_patterns(&self) -> Option<&[String]> {
        self.kinds.as_deref()
    }
}

fn is_among(patterns: Option<&[String]>, name: &str) -> bool {
    patterns.is_none_or(|patterns| patterns.iter().any(|pattern| covers(pattern, name)))
}

/// Whether everything that `narrow` means is meant by `wide`, too.
pub(crate) fn covers(wide: &str, narrow: &str) -> bool {
    match wide.strip_suffix('*') {
        Some(beginning) => narrow.starts_with(beginning),
        None => wide == narrow,
    }
}

fn narrowed(one: Option<Vec<String>>, other: Option<Vec<String>>) -> Option<Vec<String>> {
    let (Some(left), Some(right)) = (&one, &other) else { return one.or(other) };
    let by = |a: &[String], b: &[String]| -> Vec<String> {
        a.iter().filter(|narrow| b.iter().any(|wide| covers(wide, narrow))).cloned().collect()
    };
    let mut both = by(left, right);
    both.extend(by(right, left));
    both.sort();
    both.dedup();
    Some(both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_scopes_admit_is_what_each_of_them_admits() {
        let one = Scope::all().queues(["mail", "billing_*", "images_*"]).kinds(["send_*"]);
        let other = Scope::all().queues(["mail*", "billing_eu", "low"]);

        let both = one.and(other);

        let queues: Vec<&str> = both.queue_patterns().unwrap().iter().map(String::as_str).collect();
        assert_eq!(queues, ["billing_eu", "mail"]);
        assert!(both.admits("mail", "send_welcome"));
        assert!(!both.admits("mail", "resize") && !both.admits("low", "send_welcome"));
    }

    #[test]
    fn a_name_without_a_star_is_only_itself() {
        let scope = Scope::all().queues(["mail"]);

        assert!(scope.admits_queue("mail") && !scope.admits_queue("mail_eu") && !scope.admits_queue(""));
        assert!(!Scope::all().queues(Vec::<String>::new()).admits_queue("mail"));
    }
}
