//! The doctor: each check comes out right while its condition holds, and after it was mended.

mod history;
mod rights;
mod server;
mod sessions;
mod tables;
mod work;

use task_tower::{Check, Console, DoctorLimits, Level, Report};

use crate::support::address::Address;
use crate::support::{TestBed, server};

/// A database of the test's own: sessions and statistics of other tests are not in it.
struct Ward {
    bed: TestBed,
    console: Console,
    name: String,
}

impl Ward {
    async fn new(name: &str) -> Self {
        let name = format!("doctor_{name}_{}", std::process::id());
        TestBed::at(server(), "").execute(&format!("CREATE DATABASE {name}")).await;
        let bed = TestBed::at(&Address::of(server()).in_database(&name).url(), "ward \"7\"");
        let console = bed.builder().build().await.unwrap().console();
        Self { bed, console, name }
    }

    async fn report(&self) -> Report {
        self.console.doctor().await.unwrap()
    }

    async fn strict(&self) -> Report {
        self.console.doctor_with(&strict()).await.unwrap()
    }

    async fn close(self) {
        TestBed::at(server(), "").execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

/// Limits at which the least is too much.
fn strict() -> DoctorLimits {
    let mut limits = DoctorLimits::default();
    limits.open_transaction = std::time::Duration::ZERO;
    limits.dead_rows = 100;
    limits.connections_percent = 0.0;
    limits
}

fn checks<'a>(report: &'a Report, name: &str) -> Vec<&'a Check> {
    let found: Vec<&Check> = report.checks.iter().filter(|check| check.name == name).collect();
    assert!(!found.is_empty(), "there is no check {name} in\n{report}");
    found
}

/// The only check of that name.
fn check<'a>(report: &'a Report, name: &str) -> &'a Check {
    let found = checks(report, name);
    assert_eq!(found.len(), 1, "{found:#?}");
    found[0]
}

fn level(report: &Report, name: &str) -> Level {
    check(report, name).level
}

fn remedy(check: &Check) -> String {
    check.remedy.as_ref().unwrap().to_string()
}

#[tokio::test]
async fn an_empty_schema_is_well_but_for_its_workers() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();

    let report = console.doctor().await.unwrap();

    assert_eq!(level(&report, "workers"), Level::Warning);
    for name in ["schema_version", "writable", "notifications", "connections", "settings", "pooler"] {
        assert_eq!(level(&report, name), Level::Passed, "{report}");
    }
    for name in ["prepared_transaction", "replication_slots", "autovacuum", "dead_rows", "history", "history_outside"] {
        assert_eq!(level(&report, name), Level::Passed, "{report}");
    }
    assert_eq!(report.notes, []);
    assert!(report.statements.is_none());
    assert!(report.queues_without_worker.is_empty() && report.kinds_without_worker.is_empty());
}

#[tokio::test]
async fn the_report_is_a_text_with_problems_first_and_json_with_sentences() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    bed.query("SELECT tower.enqueue('lost', '{}')", &[]).await;

    let report = tower.console().doctor().await.unwrap();

    let text = report.to_string();
    assert!(text.starts_with("PROBLEM  No worker lives\n         1 job is due and waits."), "{text}");
    assert!(text.find("WARNING").unwrap() < text.find("passed  ").unwrap(), "{text}");
    assert!(text.contains("\nhistory_completed "), "{text}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["checks"][0]["level"], "problem");
    assert_eq!(json["checks"][0]["reason"], "1 job is due and waits.");
    assert_eq!(json["checks"][0]["remedy"], "Start one: tower.run().await?");
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_left_out_with_a_note() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    let mut client = bed.connect().await;
    let held = client.transaction().await.unwrap();
    held.batch_execute(&format!("LOCK TABLE {}.worker IN ACCESS EXCLUSIVE MODE", bed.quoted())).await.unwrap();

    let report = console.doctor().await.unwrap();

    let notes: Vec<&str> = report.notes.iter().map(|note| note.text()).collect();
    assert!(notes.contains(&"Workers could not be looked at: {why}."), "{report}");
    assert!(!report.checks.iter().any(|check| check.name == "workers"), "{report}");
    assert_eq!(level(&report, "schema_version"), Level::Passed);
}
