//! What a run left behind: its stack, and its log.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::messages::Messages;

/// Frames of a stack, the newest first: one's own are shown, runs of foreign ones are folded.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/stack.html")]
pub(crate) struct Stack {
    pieces: Vec<Piece>,
}

/// One frame.
#[derive(Clone, Debug)]
pub(crate) struct StackFrame {
    /// The path up to the last part, and that part.
    pub(crate) path: String,
    pub(crate) function: String,
    pub(crate) place: String,
    /// Where the code of that place is read.
    pub(crate) link: Option<String>,
    pub(crate) own: bool,
}

#[derive(Clone, Debug)]
enum Piece {
    Own(usize, StackFrame),
    Foreign(String, Vec<(usize, StackFrame)>),
}

/// Lines of a log, oldest first. Its end is shown, and followed while lines come, unless the reader has scrolled up.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/logs.html")]
pub(crate) struct Logs {
    pub(crate) lines: Vec<LogLine>,
    /// What the table is called, for who cannot see it.
    pub(crate) name: String,
    /// The heads of its columns.
    pub(crate) head: [String; 3],
}

#[derive(Clone, Debug)]
pub(crate) struct LogLine {
    /// What tells it from the other lines of the page.
    pub(crate) id: String,
    /// Since the run began: `+0.004`.
    pub(crate) offset: String,
    /// As `tracing` names it: `ERROR`, `WARN`, `INFO`, `DEBUG`, `TRACE`.
    pub(crate) level: String,
    /// Where it was logged.
    pub(crate) target: String,
    /// With its fields.
    pub(crate) message: String,
}

impl HtmlSafe for Stack {}
impl HtmlSafe for Logs {}

impl Stack {
    pub(crate) fn new(m: Messages, frames: Vec<StackFrame>) -> Self {
        let mut pieces = Vec::new();
        for (number, frame) in (1..).zip(frames) {
            match pieces.last_mut() {
                _ if frame.own => pieces.push(Piece::Own(number, frame)),
                Some(Piece::Foreign(_, frames)) => frames.push((number, frame)),
                _ => pieces.push(Piece::Foreign(String::new(), vec![(number, frame)])),
            }
        }
        pieces.iter_mut().for_each(|piece| piece.name(m));
        Self { pieces }
    }
}

impl Piece {
    fn name(&mut self, m: Messages) {
        if let Self::Foreign(name, frames) = self {
            let mut crates: Vec<&str> =
                frames.iter().map(|(_, frame)| frame.path.split("::").next().unwrap_or_default()).collect();
            crates.dedup();
            let crates = crates.join(", ");
            *name = if frames.len() == 1 { m.look_folded_one(crates) } else { m.look_folded(frames.len(), crates) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(path: &str, own: bool) -> StackFrame {
        StackFrame {
            path: path.to_owned(),
            function: "run".to_owned(),
            place: "src/lib.rs:1".to_owned(),
            link: None,
            own,
        }
    }

    #[test]
    fn foreign_frames_are_folded_into_one_line_that_names_their_crates() {
        let frames =
            vec![frame("shop::", true), frame("tokio::task::", false), frame("std::", false), frame("shop::", true)];

        let html = Stack::new(Messages::default(), frames).to_string();

        assert!(html.contains("2 frames of tokio, std folded"), "{html}");
        assert_eq!(html.matches("<details").count(), 1);
    }
}
