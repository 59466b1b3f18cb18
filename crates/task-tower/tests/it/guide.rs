//! The guide tells the truth: its SQL and its TOML work as they stand, every option is in it, no chapter is
//! forgotten, no link leads nowhere. Its Rust is compiled by the documentation tests.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use task_tower::{Job, Options, TaskTower};
use tokio_postgres::{Client, NoTls};

use crate::support::address::Address;
use crate::support::{TestBed, server};

/// One file of the guide.
struct Chapter {
    name: String,
    text: String,
}

/// A fenced block, and the words behind its fence.
struct Block {
    language: String,
    code: String,
}

impl Chapter {
    fn read(name: &str) -> Self {
        let text = fs::read_to_string(folder().join(format!("{name}.md"))).unwrap();
        Self { name: name.to_owned(), text }
    }

    fn blocks(&self, language: &str) -> Vec<String> {
        let blocks = self.all_blocks().into_iter().filter(|block| block.language == language);
        blocks.map(|block| block.code).collect()
    }

    fn all_blocks(&self) -> Vec<Block> {
        let fenced = self.text.split("\n```").skip(1).step_by(2);
        fenced
            .map(|block| block.split_once('\n').unwrap())
            .map(|(language, code)| Block { language: language.to_owned(), code: code.to_owned() })
            .collect()
    }

    /// The definitions of links at its end: label and target.
    fn links(&self) -> Vec<(&str, &str)> {
        let lines = self.text.lines().filter(|line| line.starts_with('['));
        lines.filter_map(|line| line[1..].split_once("]: ")).collect()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Every chapter, without the index.
fn chapters() -> Vec<Chapter> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let chapters = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let names = chapters.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    let mut chapters: Vec<Chapter> = names.filter(|name| name != "README").map(|name| Chapter::read(&name)).collect();
    chapters.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(chapters.len() > 10, "the guide is not where this test looks");
    chapters
}

#[test]
fn every_chapter_is_in_the_index_and_in_the_documentation() {
    let index = Chapter::read("README").text;
    let module = fs::read_to_string(folder().join("../src/guide.rs")).unwrap();

    for chapter in chapters() {
        let name = &chapter.name;
        assert!(index.contains(&format!("[{name}]: {name}.md\n")), "{name} is not in docs/README.md");
        assert!(index.contains(&format!("][{name}]")), "docs/README.md has no link to {name}");
        assert!(module.contains(&format!("chapter!({name});")), "{name} is not in src/guide.rs");
    }
}

#[test]
fn every_link_leads_somewhere_from_the_file_and_from_the_documentation() {
    let items = fs::read_to_string(folder().join("../src/guide/links.md")).unwrap();
    let labels: Vec<&str> =
        items.lines().filter_map(|line| line[1..].split_once("]: ")).map(|(label, _)| label).collect();

    for chapter in chapters().iter().chain([&Chapter::read("README")]) {
        let defined = chapter.links();
        for (label, target) in &defined {
            assert!(folder().join(target).exists(), "{}: {target} does not exist", chapter.name);
            assert!(labels.contains(label), "{}: [{label}] is not in src/guide/links.md", chapter.name);
        }
        for label in &labels {
            let is_used = chapter.text.replace(&format!("\n[{label}]: "), "\n").contains(&format!("[{label}]"));
            let is_defined = defined.iter().any(|(defined, _)| defined == label);
            assert_eq!(is_used, is_defined, "{}: [{label}]: whether it is used, and defined", chapter.name);
        }
    }
}

#[test]
fn no_rust_of_the_guide_is_left_out_of_the_documentation_tests() {
    for chapter in chapters() {
        let rust = chapter.all_blocks().into_iter().map(|block| block.language).filter(|word| word.starts_with("rust"));
        for words in rust {
            assert!(["rust", "rust,no_run"].contains(&words.as_str()), "{}: {words}", chapter.name);
        }
    }
}

/// Every option by its place, such as `retention.dead`.
fn options() -> Vec<String> {
    let serde_json::Value::Object(options) = serde_json::to_value(Options::default()).unwrap() else { panic!() };
    // It may hold a password, so it is not written.
    let mut names = vec!["connection_string".to_owned()];
    for (name, value) in options {
        match value.as_object().filter(|group| !group.is_empty()) {
            Some(group) => names.extend(group.keys().map(|inner| format!("{name}.{inner}"))),
            None => names.push(name),
        }
    }
    names
}

#[test]
fn every_option_is_in_its_chapter_with_its_variable() {
    let text = Chapter::read("options").text;

    for option in options() {
        assert!(text.contains(&format!("\n| `{option}` |")), "{option} has no row in docs/options.md");
        let variable = format!("\nTASK_TOWER_{}=", option.replace('.', "_").to_uppercase());
        assert!(text.contains(&variable), "{option} is not among the variables of docs/options.md");
    }
}

#[tokio::test]
async fn the_options_files_of_the_guide_are_read() {
    let blocks: Vec<String> = chapters().iter().flat_map(|chapter| chapter.blocks("toml")).collect();
    assert!(!blocks.is_empty());

    for (number, block) in blocks.iter().enumerate() {
        let path = std::env::temp_dir().join(format!("task_tower_guide_{}_{number}.toml", std::process::id()));
        fs::write(&path, block).unwrap();
        let refused = TaskTower::builder().options_from_file(&path).connection_string("host=/nowhere").build().await;
        fs::remove_file(&path).unwrap();
        // All but the database was in order.
        let error = refused.unwrap_err();
        assert!(error.is_unavailable(), "{error}\n{block}");
    }
}

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user_id: i64,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

/// A database of its own, so that the schema has the name that it has in the guide, with what the examples
/// take for granted.
async fn shop(database: &str) -> Client {
    TestBed::new().await.execute(&format!("CREATE DATABASE {database}")).await;
    let url = Address::of(server()).in_database(database).url();
    let tower = TaskTower::builder().connection_string(&url).build().await.unwrap();
    tower.client().enqueue(SendWelcome { user_id: 1 }).tags(["campaign"]).await.unwrap();
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let tables = "CREATE TABLE users (id bigint PRIMARY KEY, welcomed boolean NOT NULL DEFAULT false);
                  CREATE TABLE orders (id bigint PRIMARY KEY);
                  INSERT INTO users (id) VALUES (1), (2)";
    client.batch_execute(tables).await.unwrap();
    client
}

#[tokio::test]
async fn the_sql_of_the_guide_runs_as_it_stands() {
    let database = format!("guide_{}", std::process::id());
    let client = shop(&database).await;
    let mut count = 0;

    for chapter in chapters() {
        for block in chapter.blocks("sql") {
            // Roles are those of the whole server.
            let end = if block.contains("CREATE ROLE") { "ROLLBACK" } else { "COMMIT" };
            let ran = client.batch_execute(&format!("BEGIN;\n{block};\n{end}")).await;
            assert!(ran.is_ok(), "{}: {:?}\n{block}", chapter.name, ran.unwrap_err().as_db_error());
            count += 1;
        }
    }

    assert!(count > 10, "the guide has {count} blocks of SQL");
    let jobs = "SELECT count(*) FROM task_tower.jobs WHERE kind = 'send_welcome'";
    let jobs: i64 = client.query_one(jobs, &[]).await.unwrap().get(0);
    assert!(jobs > 5, "the examples enqueued {jobs} jobs");
    drop(client);
    TestBed::new().await.execute(&format!("DROP DATABASE {database} WITH (FORCE)")).await;
}
