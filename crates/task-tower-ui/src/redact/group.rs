//! The message of a group of errors: one text for many jobs, without the numbers and ids in it, which makes secrets
//! hard to recognize.

use task_tower::JobRecord;

use super::secrets::Gatherer;
use super::{REDACTED, Redact};

/// What stands in place of what varies from one failure to the next.
const BLANKS: [&str; 5] = ["<n>", "<id>", "<hex>", "<time>", "<text>"];
/// Letters beside such a one that are no word: `30 ms`.
const UNIT_CHARACTERS_MAX: usize = 2;

impl Redact {
    /// The message as it may be shown, by what a job tells to which it happened. When a secret stands in one of the
    /// job's own messages, it may stand in this one in pieces, so that only plain words are shown.
    pub(crate) fn message(&self, message: &str, job: JobRecord) -> String {
        let failures: Vec<_> = job.events.iter().filter_map(|event| event.error.clone()).collect();
        let (_, secrets) = self.job_and_secrets(job);
        let masked = secrets.mask(message);
        match failures.iter().any(|failure| secrets.is_told_by(&failure.message)) {
            true => plain(&masked),
            false => masked.into_owned(),
        }
    }

    /// The same when there is no job to ask: words, without what stands in quotes or has digits and signs in it. Where
    /// nothing at all is hidden, everything is told.
    pub(crate) fn plain_words(&self, message: &str) -> String {
        match self.hides_nothing() {
            true => message.to_owned(),
            false => plain(&Gatherer::default().finish(self.keys_of_texts()).mask(message)),
        }
    }
}

fn plain(message: &str) -> String {
    let mut quote = None;
    let words = message.split(' ').map(|word| {
        let is_quoted = quoted(word, &mut quote);
        if is_quoted || !is_plain(word) { REDACTED } else { word }
    });
    let mut words: Vec<&str> = words.collect();
    words.dedup_by(|one, other| one == other && *one == REDACTED);
    words.join(" ")
}

/// Whether a word lies in quotes, which a word begins and another one ends. An apostrophe does neither.
fn quoted(word: &str, quote: &mut Option<char>) -> bool {
    let bare = |letter: char| ",.:;()[]{}!?".contains(letter);
    let open = word.trim_start_matches(bare).chars().next().filter(|first| "\"'`".contains(*first));
    let was_open = quote.is_some();
    if quote.is_none() {
        *quote = open;
    }
    let is_closed = quote.is_some_and(|quote| {
        let word = word.trim_end_matches(bare);
        word.ends_with(quote) && (was_open || word.chars().filter(|letter| *letter == quote).count() > 1)
    });
    if is_closed {
        *quote = None;
    }
    was_open || open.is_some()
}

/// Letters, or blanks of a pattern with a unit.
fn is_plain(word: &str) -> bool {
    if word == REDACTED {
        return true;
    }
    let rest = BLANKS.iter().fold(word.to_owned(), |rest, blank| rest.replace(blank, ""));
    let has_blank = rest.len() < word.len();
    let bare = rest.trim_matches(|letter: char| ",.:;()[]{}!?%/".contains(letter));
    let letters = bare.chars().all(|letter| letter.is_alphabetic() || "-'’".contains(letter));
    letters && (!has_blank || bare.chars().count() <= UNIT_CHARACTERS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_message_the_plain_words_are_left() {
        let redact = Redact::default();
        for (message, words) in [
            ("payment provider did not answer within <n> s", "payment provider did not answer within <n> s"),
            ("no card for hunter<n>, tried twice", "no card for [redacted] tried twice"),
            ("<n>:<n> refused, took <n>ms (can't go on)", "<n>:<n> refused, took <n>ms (can't go on)"),
            ("no user 'a b c' here, nor \"d\" there", "no user [redacted] here, nor [redacted] there"),
            ("missing `discount_code` in a_b", "missing [redacted] in [redacted]"),
            ("login failed: password=hunter", "login failed: [redacted]"),
            ("id <id> is gone – où ?", "id <id> is gone [redacted] où ?"),
            ("it's 'open", "it's [redacted]"),
            ("", ""),
        ] {
            assert_eq!(redact.plain_words(message), words, "{message}");
        }
        assert_eq!(Redact::nothing().plain_words("for hunter<n>"), "for hunter<n>");
    }
}
