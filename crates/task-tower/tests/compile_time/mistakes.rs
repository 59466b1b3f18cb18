//! The mistakes of newcomers. A file in `tests/mistakes/` makes one; its line `says:` holds the words that help, and
//! the text beside it is all that the compiler answers. The words are looked for with every compiler, the whole text
//! only with the one that it is from.
//!
//! After a change, read the new texts as a newcomer would: `UPDATE_MISTAKES=1 cargo test -p task-tower --test compile_time`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use crate::{CRATE, RUSTC, cargo, file, rustc_of_texts, rustc_version, shout, updating, workshop};

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
    if updating("UPDATE_MISTAKES") {
        cases().iter().for_each(|(name, _)| fs::write(reviewed(name), answer(name)).unwrap());
        fs::write(file(RUSTC), rustc_version() + "\n").unwrap();
    }
    if rustc_of_texts() != rustc_version() {
        let (texts, rustc) = (rustc_of_texts(), rustc_version());
        return shout(&format!("SKIPPED: tests/mistakes has the texts of {texts}, and this is {rustc}"));
    }

    let faults: Vec<String> = cases()
        .iter()
        .filter(|(name, _)| fs::read_to_string(reviewed(name)).unwrap_or_default() != answer(name))
        .map(|(name, _)| format!("{name} is answered by\n{}", answer(name)))
        .collect();

    assert!(faults.is_empty(), "{}\nread this as a newcomer, then UPDATE_MISTAKES=1", faults.join("\n"));
}

fn mistakes() -> PathBuf {
    file("tests/mistakes")
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
    let library = ANSWERS.get("task_tower").map_or("", String::as_str);
    ANSWERS.get(name).unwrap_or_else(|| panic!("{name} compiles, or was not tried\n{library}"))
}

/// A package in which each case is a program. It has the versions of our own lock file, and none of the features
/// that would only cost time.
fn package() -> PathBuf {
    let directory = workshop().join("mistakes");
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
    fs::copy(file("../../Cargo.lock"), directory.join("Cargo.lock")).unwrap();
    directory
}

/// The compiler's messages, in JSON.
fn check(package: &Path) -> String {
    let output = cargo()
        .args(["check", "--offline", "--keep-going", "--quiet", "--message-format=json"])
        .current_dir(package)
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

/// The text without what changes from machine to machine and with every edit elsewhere: places in other
/// files, the width of the margin and its numbers, and lists of whoever else implements a trait.
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

/// `file.rs:12:34` for a case; of others, the files and lines move.
fn lasting_place(place: &str) -> &str {
    match place.strip_prefix(CRATE) {
        Some(place) => place.strip_prefix("/tests/mistakes/").unwrap_or("task-tower"),
        None => "another crate",
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
