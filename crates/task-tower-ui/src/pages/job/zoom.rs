//! A part of the timeline by itself: the one that the address asks for, and the addresses of others.

use super::axis::Axis;
use crate::look::Look;

/// A part is no shorter, in milliseconds.
const LEAST_MS: i64 = 10;

/// What is shown of the timeline.
pub(super) struct Zoom {
    pub(super) whole: Axis,
    pub(super) axis: Axis,
    is_part: bool,
    /// The page of the job, with all that its address asks for beside the part.
    page: String,
}

/// A link to another part.
pub(super) struct Choice {
    pub(super) href: String,
    pub(super) word: String,
}

impl Zoom {
    /// `wanted` is `begin-end`, in milliseconds of Unix time; what is none shows the whole. `here` is the page with its query.
    pub(super) fn new(whole: Axis, wanted: &str, here: &str, look: &Look) -> Self {
        let part = read(wanted);
        Self {
            axis: part.map_or(whole, |(begin, end)| whole.part(look, begin, end)),
            is_part: part.is_some(),
            whole,
            page: without_zoom(here),
        }
    }

    /// The whole when there is no less.
    pub(super) fn href(&self, begin: i64, end: i64) -> String {
        let (first, last) = self.whole.ends();
        let (begin, end) = (begin.max(first), end.min(last));
        match (begin, end) == (first, last) {
            true => format!("{}#timeline", self.page.trim_end_matches(['?', '&'])),
            false => format!("{}zoom={begin}-{end}#timeline", self.page),
        }
    }

    /// Where to look from here.
    pub(super) fn choices(&self, look: &Look) -> Vec<Choice> {
        let (m, (begin, end), (first, last)) = (look.m, self.axis.ends(), self.whole.ends());
        let quarter = (end - begin) / 4;
        let (inner, half) = ((begin + quarter, end - quarter), quarter * 2);
        let choice = |is_there: bool, (begin, end): (i64, i64), word: String| {
            is_there.then(|| Choice { href: self.href(begin, end), word })
        };
        let is_part = self.is_part;
        let all = [
            choice(is_part && begin > first, (begin - half, end - half), m.job_zoom_earlier()),
            choice(is_part && end < last, (begin + half, end + half), m.job_zoom_later()),
            choice(inner.1 - inner.0 >= LEAST_MS, inner, m.job_zoom_in()),
            choice(is_part, (begin - half, end + half), m.job_zoom_out()),
            choice(is_part, (first, last), m.job_zoom_whole()),
        ];
        all.into_iter().flatten().collect()
    }
}

fn read(text: &str) -> Option<(i64, i64)> {
    let (begin, end) = text.split_once('-')?;
    let (begin, end): (i64, i64) = (begin.parse().ok()?, end.parse().ok()?);
    // Some room on both sides of what is too short.
    let missing = (LEAST_MS - end.checked_sub(begin)?).max(0);
    (begin <= end).then(|| (begin.saturating_sub(missing / 2), end.saturating_add(missing - missing / 2)))
}

/// The last part of the address with its query, to which more may be added.
fn without_zoom(here: &str) -> String {
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let last = path.rsplit('/').next().unwrap_or_default();
    let others = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("zoom="));
    let others: String = others.map(|pair| format!("{pair}&")).collect();
    format!("{last}?{others}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Messages;
    use crate::place::Place;
    use crate::settings::Settings;

    fn zoom(wanted: &str, here: &str) -> (Zoom, Look) {
        let look = Look::new(Messages::default(), Settings::default(), &Place::of("/"));
        let at = |text: &str| text.parse().unwrap();
        let whole = Axis::new(&look, at("2026-07-01T09:00:00Z"), at("2026-07-01T09:01:30Z"));
        (Zoom::new(whole, wanted, here, &look), look)
    }

    fn told(wanted: &str, here: &str) -> Vec<(String, String)> {
        let (zoom, look) = zoom(wanted, here);
        zoom.choices(&look).into_iter().map(|choice| (choice.word, choice.href)).collect()
    }

    #[test]
    fn from_the_whole_one_goes_in_and_from_a_part_everywhere() {
        let begin = 1_782_896_400_000_i64;
        let link = |from: i64, to: i64| format!("x?from=a%20b&zoom={}-{}#timeline", begin + from, begin + to);

        let whole = told("", "jobs/x?from=a%20b");
        let part = told(&format!("{}-{}", begin + 40_000, begin + 60_000), "jobs/x?zoom=1-2&from=a%20b");

        assert_eq!(whole, [("Zoom in".to_owned(), link(22_500, 67_500))]);
        let expected = [
            ("Earlier", link(30_000, 50_000)),
            ("Later", link(50_000, 70_000)),
            ("Zoom in", link(45_000, 55_000)),
            ("Zoom out", link(30_000, 70_000)),
            ("Whole life", "x?from=a%20b#timeline".to_owned()),
        ];
        assert_eq!(part, expected.map(|(word, href)| (word.to_owned(), href)));
    }

    #[test]
    fn what_is_no_part_shows_the_whole() {
        for wanted in ["", "-", "1", "a-b", "2-1", "1-2-3", "99999999999999999999-1", "-5-3"] {
            assert_eq!(told(wanted, "jobs/x"), told("", "jobs/x"), "{wanted}");
        }
    }

    #[test]
    fn a_part_is_not_too_short_to_see() {
        let (zoom, _) = zoom("1782896410000-1782896410001", "jobs/x");

        let (begin, end) = zoom.axis.ends();

        assert_eq!((end - begin, begin), (LEAST_MS, 1_782_896_409_996));
    }
}
