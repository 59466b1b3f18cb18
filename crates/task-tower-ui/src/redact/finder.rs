//! Finds any of many words in a text, in one pass over it (Aho and Corasick): how many words there are does not count.

use std::collections::VecDeque;
use std::ops::Range;

/// The words as a tree of their bytes; the first node is its root. Where a text leaves a branch, it goes on at the
/// longest one that it is in nonetheless.
pub(super) struct Finder {
    nodes: Vec<Node>,
}

/// A place in the tree. Nodes are named by their numbers, of which 0 stands for none where the root cannot be meant.
#[derive(Clone, Copy, Default)]
struct Node {
    byte: u8,
    child: usize,
    sibling: usize,
    fallback: usize,
    depth: usize,
    /// How long the longest word is that ends here; 0 if none does.
    word: usize,
    /// Whether that is only the beginning of a word.
    is_open: bool,
}

impl Finder {
    /// Each word with whether it is only the beginning of one: then what follows it in a text belongs to it.
    pub(super) fn new<'a>(words: impl IntoIterator<Item = (&'a str, bool)>) -> Self {
        let mut finder = Self { nodes: vec![Node::default()] };
        words.into_iter().for_each(|(word, is_open)| finder.add(word, is_open));
        finder.join();
        finder
    }

    fn add(&mut self, word: &str, is_open: bool) {
        let end = word.bytes().fold(0, |node, byte| self.branch(node, byte));
        let node = &mut self.nodes[end];
        (node.word, node.is_open) = (word.len(), node.is_open || is_open);
    }

    fn branch(&mut self, node: usize, byte: u8) -> usize {
        let known = self.child(node, byte);
        if known != 0 {
            return known;
        }
        let (new, Node { child, depth, .. }) = (self.nodes.len(), self.nodes[node]);
        self.nodes.push(Node { byte, sibling: child, depth: depth + 1, ..Node::default() });
        self.nodes[node].child = new;
        new
    }

    fn child(&self, node: usize, byte: u8) -> usize {
        let mut child = self.nodes[node].child;
        while child != 0 && self.nodes[child].byte != byte {
            child = self.nodes[child].sibling;
        }
        child
    }

    /// Sets where each node falls back to, the nodes near the root first.
    fn join(&mut self) {
        let mut open = VecDeque::from([0]);
        while let Some(node) = open.pop_front() {
            let mut child = self.nodes[node].child;
            while child != 0 {
                let fallback = if node == 0 { 0 } else { self.step(self.nodes[node].fallback, self.nodes[child].byte) };
                self.fall_back(child, fallback);
                open.push_back(child);
                child = self.nodes[child].sibling;
            }
        }
    }

    fn fall_back(&mut self, node: usize, fallback: usize) {
        let Node { word, is_open, .. } = self.nodes[fallback];
        let node = &mut self.nodes[node];
        node.fallback = fallback;
        if node.word == 0 {
            (node.word, node.is_open) = (word, is_open);
        }
    }

    fn step(&self, mut node: usize, byte: u8) -> usize {
        loop {
            match self.child(node, byte) {
                0 if node == 0 => return 0,
                0 => node = self.nodes[node].fallback,
                child => return child,
            }
        }
    }

    /// Where words stand, in their order and without overlaps. `cut` is where the text was cut, if it was: what stands
    /// before it may be the beginning of a word, which counts from `least` bytes on.
    pub(super) fn find(&self, text: &str, cut: Option<usize>, least: usize) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.nodes.len() == 1 {
            return found;
        }
        let mut node = 0;
        for (place, byte) in text.bytes().enumerate() {
            node = self.step(node, byte);
            let (Node { depth, word, is_open, .. }, end) = (self.nodes[node], place + 1);
            if word > 0 {
                let begin = end - word;
                let end = if is_open { word_end(text, end, &found) } else { end };
                push(&mut found, begin..end);
            }
            if cut == Some(end) && depth >= least {
                push(&mut found, end - depth..end);
            }
        }
        found
    }
}

/// Where the word ends in which `place` lies. It is looked for once: what has been found reaches to its end.
fn word_end(text: &str, place: usize, found: &[Range<usize>]) -> usize {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"'<>,;".contains(byte);
    match found.last() {
        Some(last) if last.end > place => last.end,
        _ => text.as_bytes()[place..].iter().position(is_end).map_or(text.len(), |bytes| place + bytes),
    }
}

/// Adds a range that ends no earlier than those before it, or makes one with them.
pub(super) fn push(found: &mut Vec<Range<usize>>, range: Range<usize>) {
    let mut range = range;
    while let Some(last) = found.pop_if(|last| last.end >= range.start) {
        range = range.start.min(last.start)..range.end.max(last.end);
    }
    found.push(range);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(words: &[&str], text: &'a str) -> Vec<&'a str> {
        let finder = Finder::new(words.iter().map(|word| (*word, false)));
        finder.find(text, None, 3).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn words_are_found_that_lie_within_others_and_that_overlap() {
        assert_eq!(found(&["abcd", "bc"], "xbcx abcd abce"), ["bc", "abcd", "bc"]);
        assert_eq!(found(&["abcab", "cabx"], "abcabx"), ["abcabx"]);
        assert_eq!(found(&["ä€", "€x"], "ä€x€"), ["ä€x"]);
        assert_eq!(found(&[], "text"), [""; 0]);
    }

    #[test]
    fn whatever_the_words_are_they_are_where_a_plain_search_finds_them() {
        let mut dice = 7_u64;
        let mut letter = || {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ["a", "b", "ä"][(dice >> 33) as usize % 3]
        };
        for round in 0..2_000_usize {
            let words: Vec<String> =
                (0..3).map(|number| (0..=(round + number) % 4).map(|_| letter()).collect()).collect();
            let text: String = (0..20).map(|_| letter()).collect();
            let mut marked = vec![false; text.len()];
            for word in &words {
                let places = (0..text.len()).filter(|place| text.as_bytes()[*place..].starts_with(word.as_bytes()));
                places.for_each(|place| marked[place..place + word.len()].fill(true));
            }

            let finder = Finder::new(words.iter().map(|word| (word.as_str(), false)));
            let mut found = vec![false; text.len()];
            finder.find(&text, None, 3).into_iter().for_each(|range| found[range].fill(true));

            assert_eq!(found, marked, "{words:?} in {text}");
        }
    }

    #[test]
    fn the_beginning_of_a_word_counts_where_the_text_was_cut() {
        let finder = Finder::new([("correct horse", false)]);

        let found = |text: &str, cut| finder.find(text, cut, 6).into_iter().map(|range| range.end).collect::<Vec<_>>();
        assert_eq!(found("a correct ho … (cut)", Some(12)), [12]);
        assert_eq!(found("a correct ho, b", None), [0; 0]);
        assert_eq!(found("a corr", Some(6)), [0; 0]);
    }

    #[test]
    fn of_a_word_whose_end_is_not_known_all_is_found_that_follows() {
        let finder = Finder::new([("hunter", true)]);

        assert_eq!(finder.find("a hunter2-x, hunters\" b", None, 6), [2..11, 13..20]);
    }
}
