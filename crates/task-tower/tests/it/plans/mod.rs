//! The hot statements keep the plans that they were written for, whatever the planner believes: with empty tables, where
//! a plan that was made once would stay for ever, with a thousand rows and with a million, before and after statistics are
//! taken, planned for any value and for those that are given.

mod cold;
mod days;
mod explain;
mod ground;
mod hot;
mod judge;
mod plant;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cold::COLD;
use explain::{Desk, Planning};
use ground::{Ground, Stage};
use hot::{HOT, Hot};

#[tokio::test]
async fn hot_statements_keep_their_plans_empty_and_full() {
    let ground = Ground::new().await;
    let desks = desks(&ground).await;

    let mut faults = Faults::new();
    for stage in Stage::ALL {
        ground.enter(stage).await;
        for hot in HOT {
            check(&ground, &desks, hot, stage.words(), &mut faults).await;
        }
    }

    assert!(faults.is_empty(), "{}", told(&faults));
}

/// A connection for each purpose and each way of planning. Those that keep their plans see all stages, as those of a
/// worker do.
async fn desks(ground: &Ground) -> Vec<Desk> {
    let purposes: BTreeSet<_> = HOT.iter().map(|hot| hot.on).collect();
    let mut desks = Vec::new();
    for purpose in purposes {
        for planning in Planning::ALL {
            desks.push(Desk::open(ground, purpose, planning, HOT).await);
        }
    }
    desks
}

/// What is wrong, and each occasion on which it is, with the plan.
type Faults = BTreeMap<String, Vec<String>>;

/// Looks at a statement on each connection that runs it.
async fn check(ground: &Ground, desks: &[Desk], hot: &Hot, when: &str, faults: &mut Faults) {
    for (number, values) in (1..).zip(hot.calls) {
        let values = ground.fill_in(values).await;
        for desk in desks.iter().filter(|desk| desk.purpose == hot.on) {
            let Some(seen) = desk.explain(hot.name, &values).await else { continue };
            for fault in judge::faults(hot, desk.planning, &seen) {
                let occasion = format!("{when}, call {number}, {}:\n{}", desk.planning.words(), seen.plan.text());
                faults.entry(format!("{}: {fault}", hot.name)).or_default().push(occasion);
            }
        }
    }
}

/// Each fault once, with the first occasion.
fn told(faults: &Faults) -> String {
    let lines = faults
        .iter()
        .map(|(fault, occasions)| format!("{fault}\n  on {} occasions, first {}", occasions.len(), occasions[0]));
    lines.collect::<Vec<_>>().join("\n\n")
}

#[test]
fn every_statement_is_either_hot_or_cold_for_a_reason() {
    let files = statements();
    let hot = HOT.iter().map(|hot| hot.name);
    let cold = COLD.iter().flat_map(|(_, names)| names.iter().copied());

    let faults = unsorted(&files, &hot.chain(cold).collect::<Vec<_>>());

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_statement_that_nobody_sorted_is_noticed() {
    let files = ["claim", "new"].map(str::to_owned);

    let faults = unsorted(&files, &["claim", "gone", "claim"]);

    let wanted = [
        "new.sql: say in plans/hot.rs or in plans/cold.rs what it is",
        "gone: there is no such file",
        "claim: named twice",
    ];
    assert_eq!(faults, wanted);
}

/// The names of all statements of the engine.
fn statements() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sql");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.map(|name| name.strip_suffix(".sql").unwrap().to_owned()).collect();
    names.sort();
    names
}

fn unsorted(files: &[String], named: &[&str]) -> Vec<String> {
    let strangers = files.iter().filter(|file| !named.contains(&file.as_str()));
    let strangers = strangers.map(|file| format!("{file}.sql: say in plans/hot.rs or in plans/cold.rs what it is"));
    let gone = named.iter().filter(|name| !files.iter().any(|file| file == *name));
    let gone = gone.map(|name| format!("{name}: there is no such file"));
    let twice = named.iter().enumerate().filter(|(place, name)| named[..*place].contains(name));
    let twice = twice.map(|(_, name)| format!("{name}: named twice"));
    strangers.chain(gone).chain(twice).collect()
}
