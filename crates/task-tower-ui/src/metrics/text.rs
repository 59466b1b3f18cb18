//! The text format of Prometheus, as far as gauges need it. A crate for it would bring a recorder of its own, and twenty
//! others, to every dashboard.

use std::borrow::Cow;
use std::fmt::Write;

use task_tower::telemetry::{METRICS, Metric};

/// Families of numbers, one after the other.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    names: Vec<&'static str>,
}

impl Text {
    /// One of [`METRICS`] with all its numbers: each with the values of its labels, in their order.
    pub(super) fn family<'a>(&mut self, name: &str, numbers: impl IntoIterator<Item = (Vec<&'a str>, f64)>) {
        let metric = METRICS.iter().find(|metric| metric.name == name).expect("only what has a name is served");
        let Metric { name, help, kind, .. } = *metric;
        self.names.push(name);
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {}", kind.as_str());
        for (values, number) in numbers {
            let labels: Vec<String> = metric.labels.iter().zip(values).map(label).collect();
            let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
            let _ = writeln!(self.text, "{name}{labels} {number}");
        }
    }

    /// One of [`METRICS`] that has one number.
    pub(super) fn number(&mut self, name: &str, number: u64) {
        self.family(name, [(Vec::new(), number as f64)]);
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        self.names.clone()
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

fn label((name, value): (&&str, &str)) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{name}=\"{value}\"")
}

/// What is told without these families: nothing may stand there twice.
pub(super) fn without<'a>(text: &'a str, names: &[&str]) -> Cow<'a, str> {
    let is_named = |line: &str| {
        let rest = line.strip_prefix("# HELP ").or_else(|| line.strip_prefix("# TYPE ")).unwrap_or(line);
        names.contains(&rest.split(['{', ' ']).next().unwrap_or_default())
    };
    match text.lines().any(is_named) {
        true => Cow::Owned(text.lines().filter(|line| !is_named(line)).map(|line| format!("{line}\n")).collect()),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_says_what_it_means_and_escapes_names() {
        let mut text = Text::default();

        text.family("task_tower_queue_paused", [(vec!["a\"b\\c\nd"], 1.0), (vec!["mail"], 0.0)]);
        text.number("task_tower_slots", 20);

        assert_eq!(
            text.finish(),
            "# HELP task_tower_queue_paused 1 when the queue is paused, 0 when it is not.\n\
             # TYPE task_tower_queue_paused gauge\n\
             task_tower_queue_paused{queue=\"a\\\"b\\\\c\\nd\"} 1\n\
             task_tower_queue_paused{queue=\"mail\"} 0\n\
             # HELP task_tower_slots Slots of all living workers.\n\
             # TYPE task_tower_slots gauge\n\
             task_tower_slots 20\n"
        );
    }

    #[test]
    fn what_is_served_already_is_left_out_with_its_heading() {
        let text = "# TYPE queue_jobs gauge\nqueue_jobs{queue=\"a\"} 1\n\n# TYPE queue_jobs_total counter\nqueue_jobs_total 2\n";

        assert_eq!(without(text, &["queue_jobs"]), "\n# TYPE queue_jobs_total counter\nqueue_jobs_total 2\n");
        assert!(matches!(without(text, &["jobs"]), Cow::Borrowed(_)));
    }
}
