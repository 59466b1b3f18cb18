//! An example as its reader runs it: a program of its own, on a database of its own, that prints lines
//! and ends when it is asked to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use super::address::Address;
use super::{PATIENCE, TestBed, server};

/// A running example. Dropped without [`stop`](Example::stop), it is killed.
pub struct Example {
    name: &'static str,
    database: String,
    process: Child,
    output: Lines<BufReader<ChildStdout>>,
    printed: Vec<String>,
}

impl Example {
    pub async fn start(name: &'static str) -> Self {
        Self::start_with(name, &[]).await
    }

    /// With further environment variables.
    pub async fn start_with(name: &'static str, variables: &[(&str, &str)]) -> Self {
        let database = format!("example_{name}_{}", std::process::id());
        TestBed::new().await.execute(&format!("CREATE DATABASE {database}")).await;
        let mut command = Command::new(binary(name));
        command.env("DATABASE_URL", Address::of(server()).in_database(&database).url());
        command.envs(variables.iter().copied());
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { name, database, process, output, printed: Vec::new() }
    }

    /// Waits for the next `count` lines.
    pub async fn lines(&mut self, count: usize) -> Vec<String> {
        let mut lines = Vec::new();
        while lines.len() < count {
            lines.push(self.line().await);
        }
        lines
    }

    /// Waits for a line that begins like this, past others, and returns the rest of it.
    pub async fn until(&mut self, beginning: &str) -> String {
        loop {
            if let Some(rest) = self.line().await.strip_prefix(beginning) {
                return rest.to_owned();
            }
        }
    }

    pub async fn line(&mut self) -> String {
        match timeout(PATIENCE, self.output.next_line()).await {
            Ok(Ok(Some(line))) => {
                self.printed.push(line.clone());
                line
            }
            nothing => panic!("{}: no further line ({nothing:?}) after {:#?}", self.name, self.printed),
        }
    }

    /// Asks it to stop as an operating system does.
    pub async fn terminate(&mut self) {
        let id = self.process.id().unwrap_or_else(|| panic!("{} has ended: {:#?}", self.name, self.printed));
        let killed = Command::new("kill").arg(id.to_string()).status().await.unwrap();
        assert!(killed.success());
    }

    /// Asks it to stop, waits for its end, which must be a good one, and returns all that it printed.
    pub async fn stop(mut self) -> Vec<String> {
        self.terminate().await;
        self.ended().await
    }

    /// Waits for its end, which must be a good one, and returns all that it printed.
    pub async fn ended(mut self) -> Vec<String> {
        while let Some(line) = timeout(PATIENCE, self.output.next_line()).await.expect(self.name).unwrap() {
            self.printed.push(line);
        }
        let status = timeout(PATIENCE, self.process.wait()).await.expect(self.name).unwrap();
        assert!(status.success(), "{} ended with {status} after {:#?}", self.name, self.printed);
        TestBed::new().await.execute(&format!("DROP DATABASE {} WITH (FORCE)", self.database)).await;
        self.printed
    }
}

/// Cargo builds examples beside the tests, unless it is told which test to build.
fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let binary = test.parent().unwrap().parent().unwrap().join("examples").join(name);
    assert!(binary.exists(), "{} is not built: run `cargo build --workspace --examples` first", binary.display());
    binary
}

/// The examples of this crate that none of its tests starts.
pub fn untested() -> Vec<String> {
    let tests: String = sources("tests/it").iter().map(|path| text(path)).collect();
    let is_started = |name: &str| {
        ["start", "start_with"].iter().any(|start| tests.contains(&format!("Example::{start}(\"{name}\"")))
    };
    sources("examples").iter().map(|path| stem(path)).filter(|name| !is_started(name)).collect()
}

/// The examples of this crate that do not say in their opening paragraphs how to run them.
pub fn silent() -> Vec<String> {
    let says = |path: &Path| {
        let opening: String = text(path).lines().map_while(|line| line.strip_prefix("//!")).collect();
        opening.contains(&format!("`cargo run -p {} --example {}", env!("CARGO_PKG_NAME"), stem(path)))
    };
    sources("examples").iter().filter(|path| !says(path)).map(|path| stem(path)).collect()
}

/// The examples of this crate to which a text of the project's root has no link.
pub fn unlisted(text: &str) -> Vec<String> {
    let is_listed = |name: &str| text.contains(&format!("(crates/{}/examples/{name}.rs)", env!("CARGO_PKG_NAME")));
    sources("examples").iter().map(|path| stem(path)).filter(|name| !is_listed(name)).collect()
}

/// The Rust files below a folder of this crate.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
                false => {}
            }
        }
    }
    assert!(!found.is_empty(), "nothing is in {folder}");
    found
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}
