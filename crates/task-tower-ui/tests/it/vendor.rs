//! Files that others wrote are as their release has them, and few.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const ASSETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets");

struct Vendored {
    name: String,
    sha256: String,
}

fn listed() -> Vec<Vendored> {
    let text = std::fs::read_to_string(Path::new(ASSETS).join("VENDOR.toml")).unwrap();
    let value = |part: &str, key: &str| {
        let line = part.lines().find(|line| line.starts_with(&format!("{key} = "))).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    };
    let files = text.split("[[file]]").skip(1);
    files
        .map(|part| {
            let stated = ["package", "version", "licence", "source"].map(|key| value(part, key));
            assert!(stated.iter().all(|word| !word.is_empty()));
            Vendored { name: value(part, "name"), sha256: value(part, "sha256") }
        })
        .collect()
}

fn sum(path: &Path) -> String {
    let output = Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
fn what_others_wrote_is_as_they_released_it() {
    let vendor = Path::new(ASSETS).join("vendor");
    let files = listed();

    let there: BTreeSet<String> = std::fs::read_dir(&vendor)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".LICENSE"))
        .collect();

    assert_eq!(there, files.iter().map(|file| file.name.clone()).collect());
    for file in files {
        assert_eq!(sum(&vendor.join(&file.name)), file.sha256, "{}", file.name);
    }
}
