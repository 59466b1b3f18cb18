//! The details of a failure: the frames of a backtrace, and the words before them.

use crate::look::{Look, Stack, StackFrame};

/// More frames are not drawn.
const FRAMES_MAX: usize = 200;

/// Crates that are hardly ever the reader's own.
const FOREIGN: [&str; 24] = [
    "actix_rt",
    "alloc",
    "anyhow",
    "axum",
    "backtrace",
    "core",
    "diesel",
    "eyre",
    "futures",
    "futures_core",
    "futures_util",
    "h2",
    "hyper",
    "hyper_util",
    "reqwest",
    "rustls",
    "serde_json",
    "sqlx_core",
    "std",
    "task_tower",
    "tokio",
    "tokio_postgres",
    "tower",
    "tracing",
];

/// Where code lies that is not the reader's own.
const FOREIGN_PLACES: [&str; 4] = ["/rustc/", "/.cargo/registry/", "/.cargo/git/", "/rustlib/"];

/// What a failure has beside its message.
pub(super) struct Details {
    pub(super) words: String,
    pub(super) stack: Option<Stack>,
    /// Whether there were more frames than are drawn.
    pub(super) is_cut: bool,
}

impl Details {
    /// `version` is that of the program in which it happened, if that is known.
    pub(super) fn of(text: &str, version: Option<&str>, look: &Look) -> Self {
        Self::beginning(text, FRAMES_MAX, version, look)
    }

    /// The same with no more than so many frames.
    pub(super) fn beginning(text: &str, frames_max: usize, version: Option<&str>, look: &Look) -> Self {
        let (words, mut frames) = read(text);
        let is_cut = frames.len() > frames_max;
        frames.truncate(frames_max);
        for frame in frames.iter_mut().filter(|frame| frame.own) {
            frame.link = look.code.as_ref().and_then(|code| code.link(&frame.place, version));
        }
        let stack = (!frames.is_empty()).then(|| Stack::new(look.m, frames));
        Self { words, stack, is_cut }
    }
}

/// What is no frame stays as it is.
fn read(text: &str) -> (String, Vec<StackFrame>) {
    let (mut words, mut frames) = (Vec::new(), Vec::<StackFrame>::new());
    for line in text.lines() {
        let trimmed = line.trim_start();
        match (name(trimmed), trimmed.strip_prefix("at ")) {
            (Some(name), _) => frames.push(frame(name)),
            (None, Some(place)) if frames.last().is_some_and(|frame| frame.place.is_empty()) => {
                frames.last_mut().expect("there is one").stands_at(place);
            }
            _ => words.push(line),
        }
    }
    (words.join("\n").trim().to_owned(), frames)
}

/// `12: shop::main`
fn name(line: &str) -> Option<&str> {
    let (number, name) = line.split_once(": ")?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !name.trim().is_empty()).then(|| without_hash(name.trim()))
}

/// The compiler adds `::h0123456789abcdef` to make names unique.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((bare, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => bare,
        _ => name,
    }
}

fn frame(name: &str) -> StackFrame {
    let end = name.rfind("::").map_or(0, |place| place + 2);
    let (path, function) = name.split_at(end);
    let first = name.trim_start_matches('<').split("::").next().unwrap_or_default();
    let own = name.contains("::") && !FOREIGN.contains(&first);
    StackFrame { path: path.to_owned(), function: function.to_owned(), place: String::new(), link: None, own }
}

impl StackFrame {
    fn stands_at(&mut self, place: &str) {
        self.own &= !FOREIGN_PLACES.iter().any(|foreign| place.contains(foreign));
        self.place = place.trim_start_matches("./").to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "caused by: timed out\n   0: std::panicking::begin\n             at /rustc/abc/lib.rs:1:2\n   \
                        1: shop::pay::capture::h0123456789abcdef\n             at ./src/pay.rs:118:5\n   2: main\n   \
                        3: <shop::Job as core::Run>::run\n             at /home/me/.cargo/registry/shop/lib.rs:1\n";

    #[test]
    fn frames_are_told_from_words_and_own_ones_from_foreign_ones() {
        let (words, frames) = read(TEXT);

        assert_eq!(words, "caused by: timed out");
        assert_eq!(frames.iter().map(|frame| frame.own).collect::<Vec<_>>(), [false, true, false, false]);
        assert_eq!((&*frames[1].path, &*frames[1].function), ("shop::pay::", "capture"));
        assert_eq!(frames[1].place, "src/pay.rs:118:5");
    }

    #[test]
    fn what_is_no_stack_stays_whole() {
        let text = "at the gate\n12 o'clock: noon\n3:\n: x";

        let (words, frames) = read(text);

        assert_eq!((words.as_str(), frames.len()), (text, 0));
    }
}
