//! The mistakes of newcomers, and what the compiler tells them. A file in `mistakes/` makes one; its line `says:`
//! holds the words that help, and the text beside it is all that rustc 1.95 prints. The words are looked for with
//! every compiler, the whole text only with the one that it is from (`mistakes/rustc.txt`).
//!
//! After a change, read the new texts as a newcomer: `UPDATE_MISTAKES=1 cargo test -p task-tower --test mistakes`.

#![allow(clippy::unwrap_used, reason = "tests may fail by unwrap")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

const CRATE: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn each_mistake_is_refused_in_words_that_help() {
    let mut faults = Vec::new();

    for (name, source) in cases() {
        let words = source.lines().find_map(|line| line.strip_prefix("//! says: ")).unwrap();
        let answer = answer(&name);
        if !flat(answer).contains(words) {
            faults.push(format!("{name}: \"{words}\" is not in\n{answer}"));
        }
    }

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_compiler_says_what_was_reviewed() {
    if updating() {
        cases().iter().for_each(|(name, _)| fs::write(reviewed(name), answer(name)).unwrap());
        fs::write(mistakes().join("rustc.txt"), rustc_version()).unwrap();
    }
    let made_with = fs::read_to_string(mistakes().join("rustc.txt")).unwrap();
    if made_with != rustc_version() {
        let made_with = made_with.trim();
        shout(&format!(
            "SKIPPED: the texts in tests/mistakes are those of {made_with}, and this is {}",
            rustc_version()
        ));
        return;
    }

    let faults: Vec<String> = cases()
        .iter()
        .filter(|(name, _)| fs::read_to_string(reviewed(name)).unwrap_or_default() != answer(name))
        .map(|(name, _)| format!("{name} is answered by\n{}", answer(name)))
        .collect();

    assert!(faults.is_empty(), "{}\nread this as a newcomer, then UPDATE_MISTAKES=1", faults.join("\n"));
}

fn updating() -> bool {
    std::env::var_os("UPDATE_MISTAKES").is_some()
}

fn mistakes() -> PathBuf {
    Path::new(CRATE).join("tests/mistakes")
}

fn reviewed(name: &str) -> PathBuf {
    mistakes().join(name).with_extension("stderr")
}

/// Name and source of each.
fn cases() -> Vec<(String, String)> {
    let files = fs::read_dir(mistakes()).unwrap().map(|file| file.unwrap().path());
    let mut cases: Vec<(String, String)> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect();
    cases.sort();
    cases
}

/// What the compiler answers to a case.
fn answer(name: &str) -> &'static str {
    static ANSWERS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| errors(&check(&package())));
    ANSWERS.get(name).unwrap_or_else(|| panic!("{name} compiles, or was not tried"))
}

/// A package in which each case is a program. It has the versions of our own lock file, and none of the features
/// that would only cost time.
fn package() -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mistakes");
    let mut manifest = format!(
        "[package]\nname = \"mistakes\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         task-tower = {{ path = '{CRATE}', default-features = false }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n"
    );
    for (name, _) in cases() {
        let path = mistakes().join(&name).with_extension("rs");
        manifest += &format!("[[bin]]\nname = \"{name}\"\npath = '{}'\n", path.display());
    }
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("Cargo.toml"), manifest).unwrap();
    fs::copy(Path::new(CRATE).join("../../Cargo.lock"), directory.join("Cargo.lock")).unwrap();
    directory
}

/// The compiler's messages, in JSON. The directory for what is built is not that of the tests, whose lock the cargo
/// above us may hold.
fn check(package: &Path) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--keep-going", "--quiet", "--message-format=json"])
        .args(["--target-dir".as_ref(), Path::new(env!("CARGO_TARGET_TMPDIR")).join("built").as_os_str()])
        .current_dir(package)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap();
    let messages = String::from_utf8(output.stdout).unwrap();
    assert!(messages.contains("compiler-message"), "{}", String::from_utf8_lossy(&output.stderr));
    messages
}

/// The errors of each program.
fn errors(messages: &str) -> BTreeMap<String, String> {
    let mut errors: BTreeMap<String, String> = BTreeMap::new();
    for line in messages.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let message = &line["message"];
        // A message without a place only counts the others.
        if message["level"] == "error" && message["spans"].as_array().is_some_and(|spans| !spans.is_empty()) {
            let name = line["target"]["name"].as_str().unwrap().to_owned();
            *errors.entry(name).or_default() += &lasting(message["rendered"].as_str().unwrap());
        }
    }
    errors
}

/// The text without what changes from machine to machine and with every edit elsewhere: paths, line numbers of
/// other files, the width of the margin, and lists of whoever else implements a trait.
fn lasting(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut in_list = false;
    for line in text.lines() {
        let trimmed = line.trim_start();
        in_list = in_list && line.starts_with("          ") && !trimmed.starts_with(['=', '|', '-']);
        if in_list || trimmed.contains("full name for the type has been written") || trimmed.contains("`--verbose`") {
            continue;
        }
        in_list = trimmed.starts_with("= help: the following other types implement");
        lines.push(match trimmed.split_once("--> ") {
            Some(("", place)) => format!("  --> {}", lasting_place(place)),
            _ => lasting_margin(trimmed),
        });
    }
    lines.join("\n").trim_end().to_owned() + "\n\n"
}

/// `file.rs:12:34` for a case, the file alone for others.
fn lasting_place(place: &str) -> String {
    let place = place.replace(CRATE, "task-tower");
    match place.strip_prefix("task-tower/tests/mistakes/") {
        Some(place) => place.to_owned(),
        None => place.split(':').next().unwrap().to_owned(),
    }
}

/// `12 | code` becomes `| code`.
fn lasting_margin(line: &str) -> String {
    let rest = line.trim_start_matches(|character: char| character.is_ascii_digit());
    match rest.trim_start().starts_with(['|', '+', '-', '=', '~']) {
        true => format!("   {}", rest.trim_start()),
        false => line.to_owned(),
    }
}

/// The words may stand on several lines.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    String::from_utf8(Command::new(rustc).arg("--version").output().unwrap().stdout).unwrap()
}

/// Says it even though the test passes: what goes to the terminal directly is not captured.
fn shout(text: &str) {
    std::io::stderr().write_all(format!("\n{text}\n\n").as_bytes()).unwrap();
}
