//! The results as Markdown.

use std::fmt::Write;

use task_tower_bench::{Workload, number, table};

use crate::contenders::{ALL, Contender, Kind};
use crate::machine::Setting;
use crate::plan::{Cell, Condition, W8, W9, W10};
use crate::results::{Results, smaller_is_better};

/// The whole page.
pub fn page(results: &Results, setting: &Setting) -> String {
    let mut page = String::from("# Benchmarks: results\n\n");
    let _ = writeln!(page, "Written by `{}`; [how it is measured](README.md). {}\n", setting.command, setting.text());
    page.push_str("![The rates of all contenders, as bars](plot.svg)\n\n");
    for section in [rates(results), ratios(results), shares(results, setting), costs(results), spreads(results)] {
        page.push_str(&section);
    }
    page.push_str(&contenders(results));
    page.push_str(&failures(results));
    page
}

/// W1 to W7: a row for each contender, medians.
pub fn rates(results: &Results) -> String {
    let cells = plain_cells(results);
    if cells.is_empty() {
        return String::new();
    }
    let mut rows = vec![head("", &cells, |workload| format!("{workload:?} {}", short_unit(workload)))];
    for contender in results.contenders() {
        let mut row = vec![bold(contender)];
        row.extend(cells.iter().map(|cell| match results.get(*cell, contender) {
            Some(entry) => entry.text(cell.workload),
            None if !contender.can(cell.workload) => "n/a".to_owned(),
            None => "–".to_owned(),
        }));
        rows.push(row);
    }
    format!(
        "## Rates and delays\n\nMedians. W5 has the p95 delay in ms in brackets; W4 is p50 / p95 / p99, W7 transactions/s and \
        CPU of the worker's process. `~`: not done within the time limit; rates are of what was done, delays are longer than that.\n\n{}\n{}\n",
        table(&rows, true),
        legend(&cells),
    )
}

fn legend(cells: &[Cell]) -> String {
    let titles: Vec<String> =
        cells.iter().map(|cell| format!("{:?} {}", cell.workload, cell.workload.title())).collect();
    format!("{}.\n", titles.join("; "))
}

fn head(first: &str, cells: &[Cell], name: impl Fn(Workload) -> String) -> Vec<String> {
    std::iter::once(first.to_owned()).chain(cells.iter().map(|cell| name(cell.workload))).collect()
}

fn plain_cells(results: &Results) -> Vec<Cell> {
    let cells = Workload::ALL.map(|workload| Cell { workload, condition: Condition::Plain });
    cells.into_iter().filter(|cell| results.has(*cell)).collect()
}

fn short_unit(workload: Workload) -> &'static str {
    match workload {
        Workload::W4 => "ms",
        Workload::W5 => "jobs/s (ms)",
        Workload::W7 => "tx/s / %",
        _ => "jobs/s",
    }
}

fn bold(contender: &Contender) -> String {
    match contender.kind {
        Kind::Ours => format!("**{}**", contender.name),
        _ => contender.name.to_owned(),
    }
}

/// Ours as a multiple of the floors and of the best rival.
fn ratios(results: &Results) -> String {
    let mut rows =
        vec![["", "× raw SQL", "× raw SQL, minimal", "× best rival", "which is"].map(str::to_owned).to_vec()];
    for cell in plain_cells(results) {
        let ours = results.median(cell, &ALL[0], 0);
        let times = |other: f64| number(ours / other);
        let floor = |key| Contender::find(key).map_or(f64::NAN, |floor| results.median(cell, floor, 0));
        let best = results.best_rival(cell.workload);
        rows.push(vec![
            format!("{:?} {}{}", cell.workload, cell.workload.title(), direction(cell.workload)),
            times(floor("raw")),
            times(floor("minimal")),
            times(best.map_or(f64::NAN, |(_, figure)| figure)),
            best.map_or("–", |(rival, _)| rival.name).to_owned(),
        ]);
    }
    section("Task Tower as a multiple of others", "", &rows)
}

fn direction(workload: Workload) -> &'static str {
    if smaller_is_better(workload) { " (smaller is better)" } else { "" }
}

/// W8 to W10: what is left of a rate under a condition.
fn shares(results: &Results, setting: &Setting) -> String {
    let mut rows = vec![["", "", "share of the rate", "jobs/s", "of jobs/s"].map(str::to_owned).to_vec()];
    for (topic, shares) in [("W8", &W8[..]), ("W9", &W9[..]), ("W10", &W10[..])] {
        for (cell, base, words) in shares {
            for contender in ALL.iter().filter(|contender| results.get(*cell, contender).is_some()) {
                let (with, without) = (results.median(*cell, contender, 0), results.median(*base, contender, 0));
                rows.push(vec![
                    bold(contender),
                    format!("{topic} {words}"),
                    number(with / without),
                    number(with),
                    number(without),
                ]);
            }
        }
    }
    let text = format!("W9 has {} finished jobs in the history.\n\n", number(setting.finished as f64));
    section("What is left of the rate when something is in the way", &text, &rows)
}

/// W11: what the load of W5 costs.
fn costs(results: &Results) -> String {
    let cell = Cell { workload: Workload::W5, condition: Condition::Plain };
    let mut rows = vec![
        ["", "server, CPU s", "worker and callers, CPU s", "WAL bytes per job", "connections"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for contender in results.contenders() {
        let Some(entry) = results.get(cell, contender).filter(|entry| entry.usage.figures() > 0) else { continue };
        let mut row = vec![bold(contender)];
        row.extend((0..entry.usage.figures()).map(|figure| number(entry.usage.median(figure))));
        rows.push(row);
    }
    section("W11: what a million jobs cost under the load of W5", "Enqueued, run and recorded.\n\n", &rows)
}

/// The lowest and the highest round.
fn spreads(results: &Results) -> String {
    let cells = plain_cells(results);
    let mut rows = vec![head("", &cells, |workload| format!("{workload:?}"))];
    for contender in results.contenders() {
        let mut row = vec![bold(contender)];
        row.extend(cells.iter().map(|cell| {
            let entry = results.get(*cell, contender).filter(|entry| entry.series.figures() > 0);
            entry.map_or_else(|| "–".to_owned(), |entry| entry.spread())
        }));
        rows.push(row);
    }
    section("Spread of the first figure over the rounds", "", &rows)
}

fn section(title: &str, text: &str, rows: &[Vec<String>]) -> String {
    match rows.len() {
        0 | 1 => String::new(),
        _ => format!("## {title}\n\n{text}{}\n", table(rows, true)),
    }
}

/// Who took part, in which version, how tuned.
fn contenders(results: &Results) -> String {
    let mut rows = vec![["", "version", "options"].map(str::to_owned).to_vec()];
    let who = results.contenders();
    rows.extend(who.iter().map(|who| vec![bold(who), who.version(), who.tuning.to_owned()]));
    section("Contenders", "", &rows)
}

fn failures(results: &Results) -> String {
    let failures = results.failures();
    if failures.is_empty() {
        return "Every job of every contender that was not cut off ran exactly once.\n".to_owned();
    }
    let line = |(cell, contender, reason): &(Cell, &Contender, &str)| {
        format!("- {}, {}: {}\n", contender.name, cell.title(), reason.replace('\n', " "))
    };
    format!("## What failed\n\n{}", failures.iter().map(line).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::tests::{DRAIN, outcome};

    fn results() -> Results {
        let mut results = Results::default();
        results.add(DRAIN, &ALL[0], &outcome(&[80_000.0], false));
        results.add(DRAIN, &ALL[1], &outcome(&[160_000.0], false));
        results.add(DRAIN, &ALL[2], &outcome(&[11.4], true));
        results
    }

    #[test]
    fn the_table_has_a_row_for_each_contender() {
        let text = rates(&results());

        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(rows.len(), 5);
        assert!(rows[2].contains("**Task Tower**") && rows[2].contains("80,000"), "{}", rows[2]);
        assert!(rows[4].contains("~11.4"), "{}", rows[4]);
    }

    #[test]
    fn a_ratio_compares_medians() {
        assert!(ratios(&results()).contains("| 0.50 "), "{}", ratios(&results()));
    }

    #[test]
    fn a_share_is_told_for_who_was_measured() {
        let mut results = results();
        results.add(Cell { condition: Condition::Pinned, ..DRAIN }, &ALL[0], &outcome(&[60_000.0], false));

        let text = shares(&results, &Setting::example());

        assert!(text.contains("W8 drain while a session holds an old snapshot | 0.75"), "{text}");
    }

    #[test]
    fn a_failure_stands_on_the_page() {
        let mut results = results();
        results.fail(DRAIN, &ALL[1], "job 3 of 9 never ran".to_owned());

        let page = page(&results, &Setting::example());

        assert!(page.contains("raw SQL, W3 drain a backlog: job 3 of 9 never ran"), "{page}");
    }
}
