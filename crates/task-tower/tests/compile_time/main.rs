//! What users of the crate meet before anything runs: the items that they can name, and what the compiler answers to
//! their mistakes. Both are texts in the repository, so that a change of them is seen in review.
//!
//! The texts are those of one compiler, which `rustc.txt` names. When it changes, so may they:
//! `UPDATE_MISTAKES=1 UPDATE_PUBLIC_API=1 cargo test -p task-tower --all-features --test compile_time`.

#![allow(clippy::unwrap_used, reason = "tests may fail by unwrap")]

mod mistakes;
mod public_api;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const CRATE: &str = env!("CARGO_MANIFEST_DIR");
const RUSTC: &str = "tests/compile_time/rustc.txt";

/// A cargo of our own. What it builds does not go where the tests are built, whose lock the cargo above us may hold;
/// and the flags of a developer would show in what the compiler says.
fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.env("CARGO_TARGET_DIR", workshop().join("built"));
    for flags in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTDOCFLAGS"] {
        cargo.env_remove(flags);
    }
    cargo
}

/// A directory below cargo's own `target`.
fn workshop() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn updating(variable: &str) -> bool {
    std::env::var_os(variable).is_some()
}

fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    String::from_utf8(Command::new(rustc).arg("--version").output().unwrap().stdout).unwrap().trim().to_owned()
}

/// The compiler that the texts are from.
fn rustc_of_texts() -> String {
    fs::read_to_string(file(RUSTC)).unwrap().trim().to_owned()
}

fn file(path: impl AsRef<Path>) -> PathBuf {
    Path::new(CRATE).join(path)
}

/// Says it even though the test passes: what goes to the terminal directly is not captured.
fn shout(text: &str) {
    std::io::stderr().write_all(format!("\n{text}\n\n").as_bytes()).unwrap();
}
