//! The schema: made once by however many start at once, under any name, up and down and up again,
//! refused when it is newer, and told in full by `schema.sql`.

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use futures_util::future::join_all;
use task_tower::{JobFilter, JobId, JobState, SCHEMA_VERSION, TaskTower};
use tokio_postgres::{AsyncMessage, NoTls};

use crate::support::address::Address;
use crate::support::stage::{Stage, step};
use crate::support::{TestBed, in_state, until};

#[tokio::test]
async fn a_fresh_schema_is_made_by_the_first_build() {
    let bed = TestBed::new().await;

    let tower = bed.builder().build().await.unwrap();

    assert_eq!(bed.number("SELECT max(version)::bigint FROM tower.migration").await, i64::from(SCHEMA_VERSION));
    tower.client().enqueue(step("first")).await.unwrap();
}

#[tokio::test]
async fn a_schema_that_is_up_to_date_is_left_as_it_is() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    tower.client().enqueue(step("first")).await.unwrap();

    bed.builder().build().await.unwrap();
    let found = tower.migrate_to(SCHEMA_VERSION).await.unwrap();

    assert_eq!(found, SCHEMA_VERSION);
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 1);
}

/// Names that break SQL which is put together carelessly.
fn odd_names() -> Vec<String> {
    let short = [
        "My Tower",
        "o'brien",
        "user",
        "select",
        "say \"hi\"",
        "two $$ signs",
        "$body$",
        "back\\slash",
        "o'back\\slash",
        "100%s %1$I",
        "a.b",
        "task_tower.x",
        "it's 'task_tower'",
        "-- comment",
        "line\nbreak",
        "🗼 größe",
    ];
    short.iter().map(ToString::to_string).chain([format!("{:x<63}", "long")]).collect()
}

/// Enqueues by client and by SQL function, runs, and asks the console.
async fn assert_works(bed: &TestBed) {
    let stage = Stage::default();
    let tower = stage.cast(bed.builder()).build().await.unwrap_or_else(|error| panic!("{}: {error:?}", bed.schema));
    let running = tower.start().unwrap();

    let by_client = tower.client().enqueue(step("client")).tags(["odd"]).await.unwrap();
    let rows = bed.query("SELECT tower.enqueue('step', '{\"name\": \"function\"}')", &[]).await;
    let by_function = JobId::from(rows[0].get::<_, uuid::Uuid>(0));

    for id in [by_client, by_function] {
        in_state(&tower.console(), id, JobState::Completed).await;
    }
    assert_eq!(tower.console().jobs(&JobFilter::new()).await.unwrap().jobs.len(), 2, "{}", bed.schema);
    assert_eq!(bed.number("SELECT count(*) FROM tower.jobs WHERE state = 'completed'").await, 2, "{}", bed.schema);
    running.stop().await;
}

#[tokio::test]
async fn a_schema_may_have_any_name() {
    for name in odd_names() {
        let bed = TestBed::with_schema(&name).await;

        assert_works(&bed).await;

        let partitions = bed.number("SELECT tower.make_partitions(5)::bigint").await;
        assert_eq!(partitions, 6, "{name}: two more days of three states");
        assert_eq!(bed.builder().build().await.unwrap().migrate_to(0).await.unwrap(), SCHEMA_VERSION);
        bed.execute(&format!("DROP SCHEMA {}", bed.quoted())).await;
    }
}

#[tokio::test]
async fn two_schemas_of_one_database_do_not_see_each_other() {
    let (ours, theirs) = (TestBed::new().await, TestBed::new().await);
    let (stage, other_stage) = (Stage::default(), Stage::default());
    let tower = stage.cast(ours.builder()).build().await.unwrap();
    let other = other_stage.cast(theirs.builder()).build().await.unwrap();
    let (running, other_running) = (tower.start().unwrap(), other.start().unwrap());

    let id = tower.client().enqueue(step("ours")).await.unwrap();
    let other_id = other.client().enqueue(step("theirs")).await.unwrap();

    in_state(&tower.console(), id, JobState::Completed).await;
    in_state(&other.console(), other_id, JobState::Completed).await;
    assert_eq!((stage.begun(), other_stage.begun()), (vec!["ours".to_owned()], vec!["theirs".to_owned()]));
    assert!(tower.console().job(other_id).await.unwrap_err().is_not_found());
    assert_eq!(tower.console().workers().await.unwrap().len(), 1);
    running.stop().await;
    other_running.stop().await;
}

/// The notifications on the channel of a schema, up to one that the test sends when `deeds` are
/// done.
async fn notifications(bed: &TestBed, deeds: impl Future<Output = ()>) -> Vec<String> {
    let (client, mut connection) = tokio_postgres::connect(&bed.url, NoTls).await.unwrap();
    let (heard, mut messages) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message {
                let _ = heard.send(notification.payload().to_owned());
            }
        }
    });
    let channel: String = bed.query("SELECT tower.channel()", &[]).await[0].get(0);
    client.batch_execute(&format!("LISTEN \"{channel}\"")).await.unwrap();
    deeds.await;
    client.batch_execute(&format!("NOTIFY \"{channel}\", 'the end'")).await.unwrap();
    let mut payloads = Vec::new();
    while let Some(payload) = messages.recv().await.filter(|payload| payload != "the end") {
        payloads.push(payload);
    }
    payloads
}

#[tokio::test]
async fn two_schemas_of_one_database_do_not_wake_each_other() {
    let (ours, theirs) = (TestBed::new().await, TestBed::new().await);
    let tower = Stage::default().cast(ours.builder()).build().await.unwrap();
    let _other = theirs.builder().build().await.unwrap();
    let running = tower.start().unwrap();
    until("our worker sleeps", async || ours.number("SELECT count(*) FROM tower.armed").await == 1).await;
    let enqueue = async || {
        tower.client().enqueue(step("ours")).await.unwrap();
    };

    let heard_by_them = notifications(&theirs, enqueue()).await;
    // A worker that was just woken may be looking by itself for a while.
    until("our worker is woken", async || !notifications(&ours, enqueue()).await.is_empty()).await;

    assert_eq!(heard_by_them, Vec::<String>::new());
    running.stop().await;
}

#[tokio::test]
async fn ten_that_start_at_once_make_one_schema() {
    let bed = TestBed::new().await;

    let towers = join_all((0..10).map(|_| bed.builder().build())).await;

    for tower in towers {
        tower.unwrap().client().enqueue(step("one")).await.unwrap();
    }
    assert_eq!(bed.number("SELECT count(*) FROM tower.migration").await, i64::from(SCHEMA_VERSION));
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 10);
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_both_versions() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    bed.query("INSERT INTO tower.migration (version, name) VALUES (999, 'future')", &[]).await;

    let by_build = bed.builder().build().await.unwrap_err();
    let by_check = bed.builder().migrate(false).build().await.unwrap_err();
    let upwards = tower.migrate_to(SCHEMA_VERSION).await.unwrap_err();
    let downwards = tower.migrate_to(0).await.unwrap_err();

    for error in [by_build, by_check, upwards, downwards] {
        assert!(error.is_conflict(), "{error:?}");
        for word in [&bed.schema, "999", &format!("up to {SCHEMA_VERSION}"), "deploy a newer program"] {
            assert!(error.to_string().contains(word), "\"{error}\" does not say \"{word}\"");
        }
    }
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 0);
}

#[tokio::test]
async fn an_empty_schema_is_refused_when_migrations_are_off() {
    let bed = TestBed::new().await;

    let error = bed.builder().migrate(false).build().await.unwrap_err();

    assert!(error.is_conflict(), "{error:?}");
    for word in [bed.schema.as_str(), "version 0", "task-tower migrate", "migrate(true)"] {
        assert!(error.to_string().contains(word), "\"{error}\" does not say \"{word}\"");
    }
    let sql = format!("SELECT count(*) FROM pg_namespace WHERE nspname = '{}'", bed.schema);
    assert_eq!(bed.number(&sql).await, 0, "nothing was made");
}

#[tokio::test]
async fn a_schema_that_is_there_is_taken_when_migrations_are_off() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();

    let tower = bed.builder().migrate(false).build().await.unwrap();

    tower.client().enqueue(step("one")).await.unwrap();
}

#[tokio::test]
async fn a_version_that_this_program_does_not_know_is_refused() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();

    for version in [-1, SCHEMA_VERSION + 1] {
        let error = tower.migrate_to(version).await.unwrap_err();
        assert!(error.is_invalid(), "{error:?}");
        assert!(error.to_string().contains(&format!("version {version}")), "{error}");
    }
}

/// Everything that lives in the schema, by the name of its catalog.
async fn inhabitants(bed: &TestBed) -> Vec<String> {
    let sql = format!(
        "SELECT 'relation ' || relname FROM pg_class WHERE relnamespace = '{0}'::regnamespace
         UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = '{0}'::regnamespace
         UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = '{0}'::regnamespace",
        bed.schema
    );
    bed.query(&sql, &[]).await.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_schema_goes_down_without_a_trace_and_up_again() {
    let bed = TestBed::new().await;
    assert_works(&bed).await;
    let tower = Stage::default().cast(bed.builder()).build().await.unwrap();
    tower.client().enqueue(step("lost")).await.unwrap();
    assert!(!inhabitants(&bed).await.is_empty());

    let found = tower.migrate_to(0).await.unwrap();

    assert_eq!(found, SCHEMA_VERSION);
    assert_eq!(inhabitants(&bed).await, Vec::<String>::new());
    assert_eq!(tower.migrate_to(SCHEMA_VERSION).await.unwrap(), 0);
    assert_works(&bed).await;
}

#[tokio::test]
async fn a_client_from_before_goes_on_with_a_schema_that_was_made_anew() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    tower.client().enqueue(step("lost")).await.unwrap();
    tower.migrate_to(0).await.unwrap();
    tower.migrate_to(SCHEMA_VERSION).await.unwrap();

    let id = tower.client().enqueue(step("kept")).await.unwrap();

    assert_eq!(tower.console().job(id).await.unwrap().state, JobState::Enqueued);
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 1);
}

#[tokio::test]
async fn every_table_column_and_function_has_a_comment() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    // Partitions have the columns of the table that they are a part of.
    let sql = format!(
        "SELECT format('%s.%s', relname, attname)
         FROM pg_class
         JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
         WHERE relnamespace = '{0}'::regnamespace AND relkind IN ('r', 'p', 'v') AND NOT relispartition
           AND col_description(pg_class.oid, attnum) IS NULL
         UNION ALL
         SELECT relname FROM pg_class
         WHERE relnamespace = '{0}'::regnamespace AND relkind IN ('r', 'p', 'v') AND NOT relispartition
           AND obj_description(pg_class.oid, 'pg_class') IS NULL
         UNION ALL
         SELECT proname || '()' FROM pg_proc
         WHERE pronamespace = '{0}'::regnamespace AND obj_description(pg_proc.oid, 'pg_proc') IS NULL",
        bed.schema
    );

    let silent: Vec<String> = bed.query(&sql, &[]).await.iter().map(|row| row.get(0)).collect();

    assert_eq!(silent, Vec::<String>::new());
}

/// A database of its own, and perhaps a role of its own; both end with [`Estate::remove`].
struct Estate {
    bed: TestBed,
    name: String,
}

impl Estate {
    async fn database() -> Self {
        let bed = TestBed::new().await;
        let name = format!("tower_{}", bed.schema);
        bed.execute(&format!("CREATE DATABASE {name}")).await;
        Self { bed, name }
    }

    /// A role that may log in and nothing else.
    async fn role() -> Self {
        let bed = TestBed::new().await;
        let name = format!("tower_{}", bed.schema);
        bed.execute(&format!("CREATE ROLE {name} LOGIN PASSWORD 'tower'")).await;
        Self { bed, name }
    }

    fn as_role(&self) -> Address {
        let password = Some("tower".to_owned());
        Address { user: self.name.clone(), password, ..Address::of(&self.bed.url) }
    }

    async fn remove(self) {
        let name = &self.name;
        self.bed.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        let role = format!("SELECT count(*) FROM pg_roles WHERE rolname = '{name}'");
        if self.bed.number(&role).await == 1 {
            self.bed.execute(&format!("DROP OWNED BY {name} CASCADE")).await;
            self.bed.execute(&format!("DROP ROLE {name}")).await;
        }
    }
}

#[tokio::test]
async fn a_role_that_owns_only_its_database_can_do_everything() {
    let estate = Estate::role().await;
    estate.bed.execute(&format!("CREATE DATABASE {0} OWNER {0}", estate.name)).await;
    let address = Address { database: estate.name.clone(), ..estate.as_role() };
    let bed = TestBed::at(&address.text(), "My Tower");

    assert_works(&bed).await;

    let tower = bed.builder().build().await.unwrap();
    assert_eq!(tower.migrate_to(0).await.unwrap(), SCHEMA_VERSION);
    estate.remove().await;
}

#[tokio::test]
async fn a_role_that_owns_only_its_schema_can_do_everything() {
    let estate = Estate::role().await;
    let bed = TestBed::at(&estate.as_role().text(), &estate.bed.schema);
    estate.bed.execute(&format!("CREATE SCHEMA {} AUTHORIZATION {}", bed.schema, estate.name)).await;

    assert_works(&bed).await;

    estate.remove().await;
}

#[tokio::test]
async fn a_role_that_may_not_create_a_schema_is_told_so() {
    let estate = Estate::role().await;
    let bed = TestBed::at(&estate.as_role().text(), &estate.bed.schema);

    let error = bed.builder().build().await.unwrap_err();

    assert!(error.to_string().contains("permission denied"), "{error}");
    assert!(error.to_string().contains(&bed.schema), "{error}");
    estate.remove().await;
}

fn schema_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.sql")
}

/// What `pg_dump` says of the schema; nothing when there is none, or one older than the server.
fn dump(address: &Address) -> Option<String> {
    let mut command = Command::new("pg_dump");
    command.args(["--schema-only", "--no-owner", "--no-privileges", "--schema=task_tower"]);
    // Which days have a partition depends on the day.
    command.arg("--exclude-table=task_tower.history_*_2*").arg("--dbname").arg(address.text());
    let output = command.output().ok()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("server version mismatch") {
        return None;
    }
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).ok()
}

/// Without what differs between versions of `pg_dump`: its comments, settings and blank lines.
fn essence(dump: &str) -> String {
    let noise = |line: &&str| {
        let settings = ["--", "SET ", "SELECT pg_catalog.set_config", "\\restrict", "\\unrestrict"];
        !settings.iter().any(|start| line.starts_with(start))
    };
    let text = dump.lines().filter(noise).map(str::trim_end).collect::<Vec<_>>().join("\n");
    let parts = text.split("\n\n").map(|part| part.trim_matches('\n')).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n") + "\n"
}

const SCHEMA_HEADER: &str = "-- The schema as the migrations make it, for reading and for comparing. Made anew by:
--     UPDATE_SCHEMA=1 cargo test -p task-tower --test it migrations::the_committed_schema\n\n";

#[tokio::test]
async fn the_committed_schema_is_what_the_migrations_make() {
    let estate = Estate::database().await;
    let address = Address { database: estate.name.clone(), ..Address::of(&estate.bed.url) };
    TaskTower::builder().connection_string(address.text()).build().await.unwrap();

    let dumped = dump(&address);

    estate.remove().await;
    let Some(made) = dumped.map(|dump| essence(&dump)) else {
        eprintln!("skipped: there is no pg_dump that fits the server");
        return;
    };
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(schema_file(), format!("{SCHEMA_HEADER}{made}")).unwrap();
    }
    let committed = essence(&std::fs::read_to_string(schema_file()).unwrap());
    let first_difference = committed.lines().zip(made.lines()).find(|(committed, made)| committed != made);
    assert!(committed == made, "schema.sql differs, first in {first_difference:?}; it is made anew as its head says");
}

#[tokio::test]
async fn a_build_waits_for_another_that_migrates() {
    let bed = TestBed::new().await;
    let mut other = bed.connect().await;
    let transaction = other.transaction().await.unwrap();
    let lock = format!("SELECT pg_advisory_xact_lock(hashtextextended('{}' || '.migrate', 0))", bed.schema);
    transaction.execute(&lock, &[]).await.unwrap();

    let building = tokio::spawn(bed.builder().build());
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    until("it waits", async || bed.number(waiting).await > 0 || building.is_finished()).await;
    assert!(!building.is_finished());
    transaction.rollback().await.unwrap();

    let built = tokio::time::timeout(Duration::from_secs(30), building).await;
    built.expect("it goes on").unwrap().unwrap();
}
