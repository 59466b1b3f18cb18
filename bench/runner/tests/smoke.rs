//! The whole of it in sizes that mean nothing, for Task Tower and the floors.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn every_workload_runs_and_is_told() {
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join("smoke");
    let program = Path::new(env!("CARGO_BIN_EXE_bench"));
    build_ours(program);

    let run = Command::new(program).args(["--tiny", "--no-rivals", "--output"]).arg(&output).output().unwrap();

    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let page = fs::read_to_string(output.join("results.md")).unwrap();
    for words in ["**Task Tower**", "raw SQL, minimal", "W1c", "W7", "W8 drain", "W9 drain", "W10 4 callers", "W11:"] {
        assert!(page.contains(words), "{words} is not in\n{page}");
    }
    assert!(page.contains("ran exactly once"), "{page}");
    assert!(!page.contains("failed"), "{page}");
    let picture = fs::read_to_string(output.join("plot.svg")).unwrap();
    assert_eq!(picture.matches("<rect").count(), 7 * 3);
}

/// It has to stand beside the runner, built in the same way.
fn build_ours(program: &Path) {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "-q", "-p", "bench-ours", "--manifest-path"]);
    build.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml"));
    if program.parent().is_some_and(|folder| folder.ends_with("release")) {
        build.arg("--release");
    }
    assert!(build.status().unwrap().success());
}
