//! The README's quick start is the example of that name, and it runs. Its table of the sections of Task Tower
//! .NET names tests and examples that exist, and its links lead to files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::example::Example;

const README: &str = include_str!("../../../../README.md");
const EXAMPLE: &str = include_str!("../../examples/quick_start.rs");

#[test]
fn the_quick_start_is_the_example() {
    let block = README.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());

    let code: String = EXAMPLE.split_inclusive('\n').skip_while(|line| line.starts_with("//!")).skip(1).collect();

    assert_eq!(block, Some(code.as_str()), "README.md and examples/quick_start.rs differ");
}

#[tokio::test]
async fn the_quick_start_runs_its_jobs_and_stops_when_asked() {
    let mut quick_start = Example::start("quick_start").await;

    quick_start.until("welcome, user 1!").await;
    quick_start.until("welcome, user 2!").await;

    quick_start.stop().await;
}

/// The rows of the table, as cells without their blanks: section, what it is here, test, example.
fn sections() -> Vec<[&'static str; 4]> {
    let chapter = README.split("\n## ").find(|chapter| chapter.starts_with("Task Tower .NET")).unwrap();
    let rows = chapter.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| section"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        cells.try_into().unwrap_or_else(|cells| panic!("four cells are wanted: {cells:?}"))
    })
    .collect()
}

/// What stands between backticks.
fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Whether a crate has this test, by the name that `cargo test --test it` gives it.
fn is_a_test(name: &str) -> bool {
    let (module, function) = name.rsplit_once("::").unwrap();
    let path = module.replace("::", "/");
    ["task-tower", "task-tower-ui"].iter().any(|package| {
        let folder = crates().join(package).join("tests/it");
        let files = [folder.join(format!("{path}.rs")), folder.join(&path).join("mod.rs")];
        let mut texts = files.iter().filter_map(|file| fs::read_to_string(file).ok());
        texts.any(|text| ["async fn", "fn"].iter().any(|word| text.contains(&format!("]\n{word} {function}() {{"))))
    })
}

fn is_an_example(name: &str) -> bool {
    let packages = ["task-tower", "task-tower-ui"];
    packages.iter().any(|package| crates().join(package).join(format!("examples/{name}.rs")).exists())
}

#[test]
fn every_section_of_task_tower_dotnet_names_its_test_and_its_example() {
    let sections = sections();
    assert!(sections.len() >= 30, "the table has {} rows", sections.len());

    for [section, here, tests, examples] in sections {
        let is_told = here == "coming soon" || here.starts_with("[above]") || code(tests).count() > 0;
        assert!(is_told, "{section}: no test is named, and it is not coming soon");
        for test in code(tests) {
            assert!(is_a_test(test), "{section}: there is no test {test}");
        }
        for example in code(examples) {
            assert!(is_an_example(example), "{section}: there is no example {example}");
        }
    }
}

#[test]
fn every_link_of_the_readme_leads_to_a_file() {
    let root = crates().parent().unwrap().to_owned();
    let targets = README.split("](").skip(1).filter_map(|rest| rest.split(')').next());

    for target in targets.filter(|target| !target.starts_with("http") && !target.starts_with('#')) {
        assert!(root.join(target).exists(), "README.md: {target} does not exist");
    }
}
