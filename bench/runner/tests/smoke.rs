//! The whole of it in sizes that mean nothing, for Task Tower and the floors.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

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

#[test]
fn who_stops_it_early_keeps_what_was_measured() {
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stopped");
    let program = Path::new(env!("CARGO_BIN_EXE_bench"));
    build_ours(program);
    let mut bench = Command::new(program);
    bench.args(["--tiny", "--no-rivals", "--only", "W1,W7", "--output"]).arg(&output).stderr(Stdio::piped());
    let mut bench = bench.spawn().unwrap();
    let mut told = BufReader::new(bench.stderr.take().unwrap()).lines().map_while(Result::ok);

    // The third contender has done W1, and W7 takes many seconds.
    assert!(told.any(|line| line.contains("raw SQL, minimal: ")));
    assert!(Command::new("kill").args(["-INT", &bench.id().to_string()]).status().unwrap().success());

    assert!(told.any(|line| line.contains("Written")));
    assert!(bench.wait().unwrap().success());
    let page = fs::read_to_string(output.join("results.md")).unwrap();
    assert!(page.contains("Stopped before its end"), "{page}");
    assert!(page.contains("raw SQL, minimal"), "{page}");
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
