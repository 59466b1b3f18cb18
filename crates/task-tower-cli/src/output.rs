//! Standard output, line by line. A reader that went away, as `head` does, is no failure.

use std::fmt::Display;
use std::io::Write;

/// Prints a line of the answer.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a line that is not the answer, to standard error.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
