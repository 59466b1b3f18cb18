//! What a queue, a kind, a tag and a recurring job may be called: one rule for all, the same as in the SQL
//! function `enqueue`.

use crate::error::{Error, Result};

/// The longest name of a queue, a kind, a tag or a recurring job, in bytes.
pub const NAME_BYTES_MAX: usize = 64;

/// The most tags a job can carry.
pub const TAGS_MAX: usize = 32;

pub(crate) fn check_queue(name: &str) -> Result<()> {
    check_name("queue", name)
}

pub(crate) fn check_kind(name: &str) -> Result<()> {
    check_name("kind", name)
}

pub(crate) fn check_recurring(name: &str) -> Result<()> {
    check_name("recurring job", name)
}

pub(crate) fn check_tags(tags: &[String]) -> Result<()> {
    if tags.len() > TAGS_MAX {
        return Err(Error::invalid(format!("tags: {} given, at most {TAGS_MAX} are allowed", tags.len())));
    }
    tags.iter().try_for_each(|tag| check_name("tag", tag))
}

/// A comma would break lists of names, `*` means "all", and control characters break logs.
fn check_name(field: &str, name: &str) -> Result<()> {
    let fault = if name.is_empty() {
        "is empty"
    } else if name.len() > NAME_BYTES_MAX {
        "is longer than 64 bytes"
    } else if name.trim() != name {
        "starts or ends with a blank"
    } else if name.chars().any(|character| character.is_control() || ",*".contains(character)) {
        "has a comma, a star or a control character in it"
    } else {
        return Ok(());
    };
    let shown: String = name.chars().take(NAME_BYTES_MAX).collect();
    Err(Error::invalid(format!("{field} \"{}\" {fault}", shown.escape_debug())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_not_lists() {
        for good in ["default", "mail-out.2", "größe", "two words", "a/b:c@d"] {
            check_queue(good).unwrap();
        }
        for bad in ["", " a", "a ", "a,b", "*", "a\u{0}b", "a\nb", &"x".repeat(65)] {
            let error = check_queue(bad).unwrap_err();
            assert!(error.is_invalid() && error.to_string().starts_with("queue \""), "{error}");
        }
    }

    #[test]
    fn tags_are_limited_in_number() {
        let tags = vec!["vip".to_owned(); TAGS_MAX + 1];

        let error = check_tags(&tags).unwrap_err();

        assert_eq!(error.to_string(), "tags: 33 given, at most 32 are allowed");
    }
}
