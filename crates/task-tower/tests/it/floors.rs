//! The floors of the house: a module uses only what lies below it, and neighbors on one floor do
//! not know each other. If a change needs an arrow upwards, the thing it needs probably belongs
//! further down.

use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. `lib` and `tower` put the whole together and stand above all.
const FLOORS: &[&[&str]] = &[
    &["error"],
    &["record"],
    &["priority", "retry", "telemetry"],
    &["config"],
    &["filter", "recurrence"],
    &["store"],
    // Beside the store, but it needs the store's connection: half a floor above it.
    &["migrate", "relay", "transaction"],
    &["job"],
    &["recurring"],
    &["client", "worker", "console"],
    &["embedded", "guide", "systemd"],
    // It uses the tower itself, which stands on the roof: a terrace.
    &["testing"],
];

/// Modules without input or output: they never wait.
const NEVER_AWAIT: &[&str] = &["error", "record", "priority", "retry", "telemetry", "config", "filter", "recurrence"];

/// The only modules in which SQL may stand.
const SPEAK_SQL: &[&str] = &["store", "migrate"];

#[test]
fn arrows_only_point_down() {
    let mut faults = Vec::new();
    for source in sources() {
        let Some(floor) = floor(&source.module) else { continue };
        for used in source.used_modules() {
            if used != source.module && floor_of(&used) >= floor {
                faults.push(format!("{} uses crate::{used}", source.path.display()));
            }
        }
    }

    assert!(faults.is_empty(), "arrows that do not point down:\n{}", faults.join("\n"));
}

#[test]
fn every_module_stands_on_a_floor() {
    let strangers: Vec<String> = sources()
        .into_iter()
        .map(|source| source.module)
        .filter(|module| floor(module).is_none() && !["lib", "tower"].contains(&module.as_str()))
        .collect();

    assert!(strangers.is_empty(), "say in FLOORS where these stand: {strangers:?}");
}

#[test]
fn the_lower_floors_never_await() {
    let waiting: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|source| NEVER_AWAIT.contains(&source.module.as_str()) && source.text.contains(".await"))
        .map(|source| source.path)
        .collect();

    assert!(waiting.is_empty(), "{waiting:?}");
}

#[test]
fn sql_stands_on_one_floor() {
    let speaking: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|source| !SPEAK_SQL.contains(&source.module.as_str()) && source.module != "embedded")
        .filter(|source| {
            ["SELECT ", "INSERT INTO", "UPDATE task", "DELETE FROM"].iter().any(|word| source.speaks(word))
        })
        .map(|source| source.path)
        .collect();

    assert!(speaking.is_empty(), "{speaking:?}");
}

struct Source {
    path: PathBuf,
    module: String,
    text: String,
}

impl Source {
    fn used_modules(&self) -> Vec<String> {
        let code = self.text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code: String = code.collect::<Vec<_>>().join("\n");
        let names = code.split("crate::").skip(1).map(|rest| {
            rest.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
        });
        names.filter(|name: &String| floor(name).is_some()).collect()
    }

    /// Whether the word stands in code, not in a comment.
    fn speaks(&self, word: &str) -> bool {
        self.text.lines().any(|line| line.contains(word) && !line.trim_start().starts_with("//"))
    }
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn floor_of(module: &str) -> usize {
    floor(module).unwrap_or_else(|| panic!("{module} stands nowhere"))
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 30, "the sources are not where this test looks");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(root).unwrap();
            let module = inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path, module, text });
        }
    }
}
