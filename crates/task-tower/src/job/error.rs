//! How a handler says that a run did not succeed.

use std::error::Error as StdError;
use std::fmt::{self, Write};
use std::time::Duration;

use super::class;

/// The longest text of an error that is kept, in bytes. What is longer is cut while it is written:
/// a message of 100 MB never exists twice.
pub(crate) const ERROR_BYTES_MAX: usize = 16 * 1024;

/// Why a run did not succeed. Every `std::error::Error` becomes one by `?`, and so do
/// `anyhow::Error` and `eyre::Report`; a text does by [`JobError::new`].
///
/// Kept with the job are the error's own message and, as details, the chain of its causes. Of
/// `anyhow` and `eyre` their whole report is kept, with the backtrace where there is one
/// (`RUST_BACKTRACE=1`). Each is cut at 16 KiB.
///
/// Tests ask it what becomes of the job:
///
/// ```
/// use task_tower::JobError;
///
/// let error = JobError::discard("the user is gone");
///
/// assert!(error.is_discard() && !error.is_retry());
/// assert_eq!(error.message(), "the user is gone");
/// ```
///
/// It does not implement `std::error::Error` itself, which is what lets everything else convert.
pub struct JobError {
    pub(crate) verdict: Verdict,
    /// What sort of error it is, see [`class`].
    pub(crate) class: String,
    pub(crate) message: String,
    pub(crate) details: Option<String>,
}

/// What follows from the failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Retry by the kind's policy, until no retries are left.
    Retry,
    /// Dead at once.
    Discard,
    /// Dead at once, since the payload is not what the handler expects.
    Decode,
    /// Cancelled at once.
    Cancel,
    /// Run again after this time; the run does not count as a failure.
    Snooze(Duration),
}

impl JobError {
    /// The run failed; the job is retried by its policy.
    #[must_use]
    pub fn new(message: impl fmt::Display) -> Self {
        Self::with(Verdict::Retry, message)
    }

    /// The job can never succeed: it is dead at once, whatever retries are left.
    #[must_use]
    pub fn discard(message: impl fmt::Display) -> Self {
        Self::with(Verdict::Discard, message)
    }

    /// The job is not wanted any more: it is cancelled, with this reason.
    #[must_use]
    pub fn cancel(reason: impl fmt::Display) -> Self {
        Self::with(Verdict::Cancel, reason)
    }

    /// Not yet: run it again after `delay`, without counting a failure. Cut at 30 days.
    #[must_use]
    pub fn snooze(delay: Duration) -> Self {
        Self::with(Verdict::Snooze(delay), "snoozed")
    }

    /// What went wrong, or the reason of a cancellation.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What sort of error it is: the variant of an enum, or the name of a type; `Error` where that is not
    /// known, as of a text. Failures of one kind with the same class and a like message are one group of errors.
    #[must_use]
    pub fn class(&self) -> &str {
        &self.class
    }

    /// The chain of its causes, a line each, or the whole report of `anyhow` and `eyre`.
    #[must_use]
    pub fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }

    /// Whether the job is retried, as long as retries are left.
    #[must_use]
    pub fn is_retry(&self) -> bool {
        self.verdict == Verdict::Retry
    }

    /// Whether the job is dead at once, whatever retries are left.
    #[must_use]
    pub fn is_discard(&self) -> bool {
        matches!(self.verdict, Verdict::Discard | Verdict::Decode)
    }

    /// Whether the job is dead at once because its payload does not decode.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        self.verdict == Verdict::Decode
    }

    /// Whether the job is cancelled.
    #[must_use]
    pub fn is_cancel(&self) -> bool {
        self.verdict == Verdict::Cancel
    }

    /// After which time the job runs again, if it is snoozed.
    #[must_use]
    pub fn snooze_delay(&self) -> Option<Duration> {
        match self.verdict {
            Verdict::Snooze(delay) => Some(delay),
            _ => None,
        }
    }

    /// Puts into the details that it was not the handler who gave it.
    pub(super) fn given_by(mut self, whom: impl fmt::Display) -> Self {
        let details = self.details.take().unwrap_or_default();
        self.details = Some(bounded(&format_args!("by the {whom}\n{details}")));
        self
    }

    pub(crate) fn decode(error: &serde_json::Error) -> Self {
        Self::with(Verdict::Decode, format_args!("the payload does not decode: {error}"))
    }

    fn with<M: fmt::Display>(verdict: Verdict, message: M) -> Self {
        Self { verdict, class: class::of_type::<M>(), message: bounded(&message), details: None }
    }
}

impl<E: Into<Box<dyn StdError + Send + Sync>>> From<E> for JobError {
    fn from(error: E) -> Self {
        let error = error.into();
        let message = bounded(&error);
        let report = class::is_report::<E>().then(|| report(&*error, &message)).flatten();
        let details = report.or_else(|| causes(&*error));
        Self { verdict: Verdict::Retry, class: class::of_error::<E>(&*error), message, details }
    }
}

impl fmt::Debug for JobError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}: {}", self.verdict, self.message)
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

/// The report without the message, with which it begins; nothing when the message is too long already.
fn report(error: &(dyn StdError + 'static), message: &str) -> Option<String> {
    let mut text = Bounded::up_to(message.len() + ERROR_BYTES_MAX);
    // A full text refuses more, and is complete as far as we keep it.
    let _ = write!(text, "{error:?}");
    let report = text.finish();
    // Other forms of reports have a title in the first line.
    let rest = report.strip_prefix(message).or_else(|| report.split_once('\n').map(|(_, rest)| rest));
    let details = rest.unwrap_or_default().trim();
    (!details.is_empty()).then(|| details.to_owned())
}

/// The chain of causes below the error, a line each.
fn causes(error: &(dyn StdError + 'static)) -> Option<String> {
    let mut text = Bounded::default();
    let mut next = error.source();
    let mut depth = 0;
    while let Some(cause) = next.filter(|_| depth < 32) {
        // A full text refuses more, and is complete as far as we keep it.
        let _ = writeln!(text, "caused by: {cause}");
        next = cause.source();
        depth += 1;
    }
    (depth > 0).then(|| text.finish())
}

/// The text of something, cut at the limit while it is written, without NUL, which PostgreSQL
/// cannot store.
pub(crate) fn bounded(value: &impl fmt::Display) -> String {
    let mut text = Bounded::default();
    let _ = write!(text, "{value}");
    text.finish()
}

/// A text that takes no more than so many bytes; the rest need not even be put together.
#[derive(Debug)]
pub(crate) struct Bounded {
    text: String,
    bytes_max: usize,
    cut: bool,
}

impl Default for Bounded {
    fn default() -> Self {
        Self::up_to(ERROR_BYTES_MAX)
    }
}

impl Bounded {
    pub(crate) fn up_to(bytes_max: usize) -> Self {
        Self { text: String::new(), bytes_max, cut: false }
    }

    /// As much of a text as that.
    pub(crate) fn of(bytes_max: usize, text: &str) -> String {
        let mut bounded = Self::up_to(bytes_max);
        let _ = bounded.write_str(text);
        bounded.finish()
    }

    #[cfg(feature = "tracing-subscriber-0_3")]
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What is there so far.
    #[cfg(feature = "tracing-subscriber-0_3")]
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn finish(mut self) -> String {
        if self.cut {
            self.text.push_str(" … (cut)");
        }
        self.text
    }
}

impl Write for Bounded {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        for character in piece.chars() {
            if self.text.len() + character.len_utf8() > self.bytes_max {
                self.cut = true;
                return Err(fmt::Error);
            }
            self.text.push(if character == '\0' { '\u{fffd}' } else { character });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_error_is_cut_and_says_so() {
        let error = JobError::new("x".repeat(100_000_000));

        assert!(error.message.len() < ERROR_BYTES_MAX + 20);
        assert!(error.message.ends_with("x … (cut)"));
    }

    #[test]
    fn a_character_that_postgresql_cannot_store_is_replaced() {
        assert_eq!(JobError::new("a\0b").message, "a\u{fffd}b");
    }

    #[test]
    fn any_error_converts_and_keeps_its_causes() {
        #[derive(Debug)]
        struct Outer(std::io::Error);
        impl fmt::Display for Outer {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("outer")
            }
        }
        impl StdError for Outer {
            fn source(&self) -> Option<&(dyn StdError + 'static)> {
                Some(&self.0)
            }
        }

        let error = JobError::from(Outer(std::io::Error::other("inner")));

        assert_eq!(error.message, "outer");
        assert_eq!(error.details.as_deref(), Some("caused by: inner\n"));
    }
}
