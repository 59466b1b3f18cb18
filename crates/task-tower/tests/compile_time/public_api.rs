//! The public items of the library and of the dashboard, with all features, as `cargo public-api` lists them. The lists
//! are `public-api.txt` beside each `Cargo.toml`; a change of one is a change of what users can rely on.
//!
//! `UPDATE_PUBLIC_API=1 cargo test -p task-tower --features embedded --test compile_time public_api` writes them anew.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use public_api::Builder;
use serde_json::Value;

use crate::{cargo, file, rustc_of_texts, rustc_version, shout, updating, workshop};

/// What the listing tool reads: `rustdoc_types::FORMAT_VERSION` of its version in Cargo.toml.
const FORMAT: u64 = 57;
const CRATES: [&str; 2] = ["task-tower", "task-tower-ui"];
/// Of the traits that the compiler derives by itself, these are relied on. The others come and go with it.
const UNPROMISED: [&str; 5] = ["Freeze", "RefUnwindSafe", "UnwindSafe", "Unpin", "UnsafeUnpin"];

#[test]
fn the_public_items_are_those_of_the_committed_lists() {
    let Some(lists) = lists() else { return };

    for (name, list) in CRATES.iter().zip(lists) {
        let path = file(format!("../{name}/public-api.txt"));
        if updating("UPDATE_PUBLIC_API") {
            fs::write(&path, list).unwrap();
        }
        let changes = changes(&fs::read_to_string(&path).unwrap_or_default(), list);
        let ours = rustc_version() == rustc_of_texts();
        if !changes.is_empty() && !ours {
            shout(&format!(
                "SKIPPED: {}, not this compiler, made the public items that differ in {name}:\n{changes}",
                rustc_of_texts()
            ));
            continue;
        }
        assert!(changes.is_empty(), "the public items of {name} change; is it meant? UPDATE_PUBLIC_API=1\n{changes}");
    }
}

#[test]
fn no_type_of_another_crate_is_public_unless_cargo_toml_allows_it() {
    let Some(lists) = lists() else { return };
    let mut faults = Vec::new();

    for (name, list) in CRATES.iter().zip(lists) {
        let allowed = Allowed::of(name);
        faults.extend(list.lines().filter(|line| !allowed.permits(line)).map(|line| format!("{name}: {line}")));
    }

    assert!(faults.is_empty(), "the list in Cargo.toml does not allow these:\n{}", faults.join("\n"));
}

#[test]
fn every_crate_that_cargo_toml_allows_is_in_use() {
    let Some(lists) = lists() else { return };

    for (name, list) in CRATES.iter().zip(lists) {
        let Allowed { anywhere, drivers } = Allowed::of(name);
        let shown: BTreeSet<String> = list.lines().flat_map(foreign_crates).collect();
        let allowed: BTreeSet<String> = anywhere.union(&drivers).cloned().collect();
        assert_eq!(shown, allowed, "{name}");
    }
}

/// `[package.metadata.public-api]` of a Cargo.toml.
struct Allowed {
    anywhere: BTreeSet<String>,
    /// Only where one of their types is a `Transaction`, which has its own feature for each version.
    drivers: BTreeSet<String>,
}

impl Allowed {
    fn of(name: &str) -> Self {
        let output = cargo()
            .args(["metadata", "--no-deps", "--offline", "--format-version=1", "--manifest-path"])
            .arg(file(format!("../{name}/Cargo.toml")))
            .output()
            .unwrap();
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == name).unwrap();
        let names = |list: &str| match &package["metadata"]["public-api"][list] {
            Value::Null => BTreeSet::new(),
            names => names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect(),
        };
        Self { anywhere: names("allowed"), drivers: names("drivers") }
    }

    fn permits(&self, line: &str) -> bool {
        let is_adapter = line.contains(" task_tower::Transaction for ");
        foreign_crates(line)
            .iter()
            .all(|name| self.anywhere.contains(name) || is_adapter && self.drivers.contains(name))
    }
}

/// The crates that a line names, other than ours and Rust's own.
fn foreign_crates(line: &str) -> Vec<String> {
    let ours = CRATES.map(|name| name.replace('-', "_"));
    line.split(|character: char| !(character.is_alphanumeric() || character == '_' || character == ':'))
        .filter_map(|path| path.split_once("::").map(|(root, _)| root.to_owned()))
        // A type parameter is no crate: `J::Error`.
        .filter(|root| root.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter(|root| !ours.contains(root) && !["core", "alloc", "std", "str"].contains(&root.as_str()))
        .collect()
}

/// The list of each crate, or nothing when they cannot be made here, which is then said.
fn lists() -> Option<&'static Vec<String>> {
    static LISTS: LazyLock<Option<Vec<String>>> = LazyLock::new(|| {
        // Whoever builds without the drivers should not wait for them.
        if !cfg!(all(feature = "diesel-async-0_9", feature = "sea-orm-2", feature = "sqlx-0_9"))
            && !updating("UPDATE_PUBLIC_API")
        {
            shout("SKIPPED: the public items are only compared with --all-features");
            return None;
        }
        let files = document();
        let format = format(&files[0]);
        if format != FORMAT {
            assert!(!updating("UPDATE_PUBLIC_API"), "the `public-api` of Cargo.toml cannot read format {format}");
            shout(&format!(
                "SKIPPED: {} writes its lists of items in format {format}, and ours is {FORMAT}",
                rustc_version()
            ));
            return None;
        }
        Some(files.iter().map(|file| list(file)).collect())
    });
    LISTS.as_ref()
}

/// Has rustdoc write what it knows about each crate as JSON, which it only does on nightly, or when told that it may.
/// To tell this to all of cargo would rebuild everything: many a build script looks for it.
fn document() -> Vec<PathBuf> {
    let rustdoc = workshop().join("rustdoc");
    fs::write(&rustdoc, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n").unwrap();
    fs::set_permissions(&rustdoc, PermissionsExt::from_mode(0o755)).unwrap();
    let output = cargo()
        .args(["doc", "--quiet", "--locked", "--no-deps", "--lib", "--all-features"])
        .args(CRATES.map(|name| format!("--package={name}")))
        .current_dir(file("../.."))
        .env("RUSTDOC", rustdoc)
        .env("RUSTDOCFLAGS", "-Zunstable-options --output-format=json")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    CRATES.iter().map(|name| workshop().join("built/doc").join(name.replace('-', "_") + ".json")).collect()
}

fn format(file: &Path) -> u64 {
    let json: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    json["format_version"].as_u64().unwrap()
}

fn list(file: &Path) -> String {
    let items = Builder::from_rustdoc_json(file).omit_blanket_impls(true).build().unwrap().to_string();
    let is_promised = |line: &&str| {
        let derived = line.split_once(" for ").map_or("", |(start, _)| start);
        !UNPROMISED.iter().any(|name| derived.ends_with(&format!("::{name}")))
    };
    items.lines().filter(is_promised).map(|line| format!("{line}\n")).collect()
}

/// Which lines went, and which came.
fn changes(before: &str, after: &str) -> String {
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (before.lines().collect(), after.lines().collect());
    let gone = old.difference(&new).map(|line| format!("-{line}\n"));
    let added = new.difference(&old).map(|line| format!("+{line}\n"));
    gone.chain(added).collect()
}
