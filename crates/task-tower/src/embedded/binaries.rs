//! Where PostgreSQL's programs are on this machine. What to do when they are not is in `install`.

use std::collections::BTreeSet;
use std::env;
use std::fmt;
use std::fs;
use std::iter;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::account::Account;
use super::install;
use crate::error::Error;

/// The environment variable that names the directory of the programs.
pub(super) const VARIABLE: &str = "TASK_TOWER_PG_BIN";

/// The oldest PostgreSQL that Task Tower works with.
pub(super) const OLDEST_VERSION: u32 = 15;

/// The programs without which a directory does not count. There may be nothing else beside them.
const NEEDED: [&str; 2] = ["initdb", "postgres"];

/// A directory with PostgreSQL's programs.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    directory: PathBuf,
    version: u32,
}

impl Binaries {
    /// Looks in the usual places and takes the first that will do.
    pub(super) fn find(account: &Account) -> Result<Self, Error> {
        Places::of_this_machine().search(account)
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Like [`program`](Self::program), for those that not every installation has.
    pub(super) fn optional_program(&self, name: &str) -> Result<PathBuf, Error> {
        let program = self.program(name);
        if is_executable(&program) {
            return Ok(program);
        }
        Err(Error::embedded(format!(
            "there is no {name} beside the other programs of PostgreSQL in {}; {VARIABLE} can \
             name a complete installation",
            self.directory.display(),
        )))
    }

    /// The major version: 17 for PostgreSQL 17.2.
    pub(super) fn version(&self) -> u32 {
        self.version
    }

    fn inspect(directory: PathBuf, account: &Account) -> Result<Self, PassedOver> {
        let because = |reason| PassedOver { directory: directory.clone(), reason };
        account.check_reach(&directory).map_err(|error| because(error.to_string()))?;
        let version = ask_version(&directory, account).map_err(because)?;
        if version < OLDEST_VERSION {
            return Err(because(format!("PostgreSQL {version}")));
        }
        Ok(Self { directory, version })
    }
}

/// The places to look in, in this order.
#[derive(Debug, Default)]
struct Places {
    named: Option<PathBuf>,
    path: Vec<PathBuf>,
    pg_config: Option<PathBuf>,
    shelves: Vec<Shelf>,
}

/// A directory in which versions of PostgreSQL stand side by side: `/usr/pgsql-17/bin` is on the
/// shelf `/usr`, behind the prefix `pgsql-`, and its programs are inside `bin`.
#[derive(Debug)]
struct Shelf {
    parent: PathBuf,
    prefix: &'static str,
}

/// A directory that holds the programs and will not do all the same.
#[derive(Debug)]
struct PassedOver {
    directory: PathBuf,
    reason: String,
}

impl Places {
    fn of_this_machine() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        Self {
            named: env::var_os(VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from),
            path: env::split_paths(&path).filter(|directory| directory.is_absolute()).collect(),
            pg_config: Some(PathBuf::from("pg_config")),
            shelves: vec![
                Shelf::new("/usr/lib/postgresql", ""),
                Shelf::new("/usr", "pgsql-"),
                Shelf::new("/opt/homebrew/opt", "postgresql@"),
                Shelf::new("/usr/local/opt", "postgresql@"),
                Shelf::new("/Applications/Postgres.app/Contents/Versions", ""),
            ],
        }
    }

    fn search(&self, account: &Account) -> Result<Binaries, Error> {
        if let Some(named) = &self.named {
            return take_named(named, account);
        }
        let mut passed_over = Vec::new();
        let mut seen = BTreeSet::new();
        for directory in self.candidates().filter_map(|place| resolve(&place)) {
            if seen.insert(directory.clone()) {
                match Binaries::inspect(directory, account) {
                    Ok(binaries) => return Ok(binaries),
                    Err(reason) => passed_over.push(reason),
                }
            }
        }
        Err(none_found(&passed_over))
    }

    fn candidates(&self) -> impl Iterator<Item = PathBuf> {
        let configured = || self.pg_config.as_deref().and_then(ask_pg_config);
        let shelved = || newest_first(&self.shelves);
        let path = self.path.iter().cloned();
        path.chain(iter::once_with(configured).flatten()).chain(iter::once_with(shelved).flatten())
    }
}

impl Shelf {
    fn new(parent: impl Into<PathBuf>, prefix: &'static str) -> Self {
        Self { parent: parent.into(), prefix }
    }

    /// The version and the directory of everything on the shelf.
    fn versions(&self) -> impl Iterator<Item = (u32, PathBuf)> {
        let entries = fs::read_dir(&self.parent).into_iter().flatten().flatten();
        entries.filter_map(|entry| {
            let name = entry.file_name();
            let version = leading_number(name.to_str()?.strip_prefix(self.prefix)?)?;
            Some((version, entry.path().join("bin")))
        })
    }
}

impl fmt::Display for PassedOver {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.directory.display(), self.reason)
    }
}

fn take_named(named: &Path, account: &Account) -> Result<Binaries, Error> {
    let Some(directory) = resolve(named) else {
        return Err(Error::embedded(format!(
            "the environment variable {VARIABLE} names {}, which does not hold the programs \
             initdb and postgres",
            named.display(),
        )));
    };
    Binaries::inspect(directory, account).map_err(|reason| {
        Error::embedded(format!(
            "the environment variable {VARIABLE} names a PostgreSQL that will not do, as \
             {OLDEST_VERSION} or later is needed: {reason}"
        ))
    })
}

/// Follows links to the installation itself, as a directory on the PATH may hold links to a few
/// of the programs only. Nothing when the needed ones are not there.
fn resolve(place: &Path) -> Option<PathBuf> {
    let place = place.canonicalize().ok().filter(|place| holds_needed(place))?;
    let home = place.join("postgres").canonicalize().ok()?.parent()?.to_path_buf();
    Some(if holds_needed(&home) { home } else { place })
}

fn holds_needed(directory: &Path) -> bool {
    NEEDED.iter().all(|name| is_executable(&directory.join(name)))
}

fn is_executable(file: &Path) -> bool {
    const ANYBODY_MAY_RUN: u32 = 0o111;
    fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & ANYBODY_MAY_RUN != 0)
}

fn ask_pg_config(program: &Path) -> Option<PathBuf> {
    let output = Command::new(program).arg("--bindir").output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(answer.trim())).filter(|directory| directory.is_absolute())
}

fn newest_first(shelves: &[Shelf]) -> Vec<PathBuf> {
    let mut versions: Vec<_> = shelves.iter().flat_map(Shelf::versions).collect();
    versions.sort_by(|left, right| right.cmp(left));
    versions.into_iter().map(|(_, directory)| directory).collect()
}

fn ask_version(directory: &Path, account: &Account) -> Result<u32, String> {
    let output = account
        .command(directory.join("postgres"))
        .arg("--version")
        .output()
        .map_err(|error| format!("postgres did not run ({error})"))?;
    let answer = String::from_utf8_lossy(&output.stdout);
    parse_version(&answer).ok_or_else(|| "postgres did not tell its version".to_owned())
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` or `postgres (PostgreSQL) 19beta1`.
fn parse_version(answer: &str) -> Option<u32> {
    let (_, version) = answer.split_once("(PostgreSQL) ")?;
    leading_number(version)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

fn none_found(passed_over: &[PassedOver]) -> Error {
    let mut message = format!("no PostgreSQL {OLDEST_VERSION} or later was found on this machine");
    for reason in passed_over {
        message.push_str(&format!("\npassed over {reason}"));
    }
    Error::embedded(format!("{message}\n\n{}", install::advice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with programs that only tell their version, removed at the end of the test.
    struct Fakes(PathBuf);

    impl Fakes {
        fn new() -> Self {
            let name = format!("task-tower-fakes-{:016x}", fastrand::u64(..));
            let directory = env::temp_dir().join(name);
            fs::create_dir(&directory).unwrap();
            Self(directory.canonicalize().unwrap())
        }

        fn install(&self, place: &str, version: &str) -> PathBuf {
            let directory = self.0.join(place);
            fs::create_dir_all(&directory).unwrap();
            write_program(&directory.join("initdb"), "exit 1");
            let answer = format!("echo 'postgres (PostgreSQL) {version}'");
            write_program(&directory.join("postgres"), &answer);
            directory
        }
    }

    impl Drop for Fakes {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// Written by a shell: a file that this process has just written cannot be run while another
    /// thread starts a child, as the child holds it open for writing for a moment.
    fn write_program(file: &Path, body: &str) {
        let script = r#"printf '#!/bin/sh\n%s\n' "$2" >"$1" && chmod 755 "$1""#;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script, "sh"]).arg(file).arg(body);
        assert!(command.status().unwrap().success());
    }

    fn search(places: &Places) -> Result<Binaries, Error> {
        places.search(&Account::find().unwrap())
    }

    #[test]
    fn versions_are_read_from_every_form() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(parse_version("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(parse_version("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(parse_version("command not found"), None);
    }

    #[test]
    fn an_old_version_is_passed_over_for_a_later_place() {
        let fakes = Fakes::new();
        let old = fakes.install("old", "12.3");
        let new = fakes.install("new", "16.1");
        let places = Places { path: vec![old, new.clone()], ..Places::default() };

        let found = search(&places).unwrap();

        assert_eq!((found.directory, found.version), (new, 16));
    }

    #[test]
    fn old_versions_are_named_when_there_is_nothing_else() {
        let fakes = Fakes::new();
        let old = fakes.install("old", "12.3");
        let places = Places { path: vec![old.clone(), old.clone()], ..Places::default() };

        let message = search(&places).unwrap_err().to_string();

        assert!(message.starts_with("no PostgreSQL 15 or later was found"), "{message}");
        let line = format!("\npassed over {}: PostgreSQL 12\n", old.display());
        assert_eq!(message.matches(&line).count(), 1, "{message}");
        assert!(message.contains("TASK_TOWER_PG_BIN=/path/to/bin"), "{message}");
    }

    #[test]
    fn the_newest_version_on_the_shelves_is_taken() {
        let fakes = Fakes::new();
        fakes.install("debian/9/bin", "9.6");
        fakes.install("debian/15/bin", "15.18");
        let newest = fakes.install("redhat/pgsql-17/bin", "17.2");
        fakes.install("redhat/pgsql-latest/bin", "18.0");
        let shelves = vec![Shelf::new(fakes.0.join("debian"), ""), Shelf::new(fakes.0.join("redhat"), "pgsql-")];

        let found = search(&Places { shelves, ..Places::default() }).unwrap();

        assert_eq!(found.directory, newest);
    }

    #[test]
    fn pg_config_is_asked_after_the_path_and_before_the_shelves() {
        let fakes = Fakes::new();
        let configured = fakes.install("configured", "15.1");
        fakes.install("shelf/18/bin", "18.0");
        let pg_config = fakes.0.join("pg_config");
        write_program(&pg_config, &format!("echo {}", configured.display()));
        let places = Places {
            path: vec![fakes.0.join("nothing")],
            pg_config: Some(pg_config),
            shelves: vec![Shelf::new(fakes.0.join("shelf"), "")],
            ..Places::default()
        };

        let found = search(&places).unwrap();

        assert_eq!(found.directory, configured);
    }

    #[test]
    fn links_to_a_few_programs_lead_to_the_whole_installation() {
        let fakes = Fakes::new();
        let whole = fakes.install("whole", "15.1");
        let links = fakes.0.join("links");
        fs::create_dir(&links).unwrap();
        for name in NEEDED {
            std::os::unix::fs::symlink(whole.join(name), links.join(name)).unwrap();
        }

        let found = search(&Places { path: vec![links], ..Places::default() }).unwrap();

        assert_eq!(found.directory, whole);
    }

    #[test]
    fn a_named_directory_is_the_only_one_looked_at() {
        let fakes = Fakes::new();
        let good = fakes.install("good", "16.1");
        let empty = Places { named: Some(fakes.0.join("empty")), path: vec![good.clone()], ..Places::default() };
        let old = Places { named: Some(fakes.install("old", "14.2")), path: vec![good], ..Places::default() };

        let nothing_there = search(&empty).unwrap_err().to_string();
        let too_old = search(&old).unwrap_err().to_string();

        assert!(nothing_there.contains("TASK_TOWER_PG_BIN"), "{nothing_there}");
        assert!(nothing_there.contains("does not hold"), "{nothing_there}");
        assert!(too_old.contains("TASK_TOWER_PG_BIN"), "{too_old}");
        assert!(too_old.contains("PostgreSQL 14"), "{too_old}");
    }
}
