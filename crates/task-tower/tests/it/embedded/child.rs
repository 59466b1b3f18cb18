//! Processes of their own, which hold a cluster or fail to.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use task_tower::embedded::Cluster;

use super::{is_running, kill_guards};

/// Tells a child of a test what to do. The name of the test that runs it is `a_child`.
const ERRAND: &str = "TASK_TOWER_TEST_ERRAND";

/// Not a test: what [`ChildWithCluster`] and [`run_errand`] run in a process of its own.
#[tokio::test]
#[ignore = "run by other tests"]
async fn a_child() {
    let Ok(errand) = env::var(ERRAND) else {
        return;
    };
    let mut options = Cluster::builder();
    if let Ok(directory) = env::var(format!("{ERRAND}_DIRECTORY")) {
        options = options.directory(directory);
    }
    let mut cluster = match options.start().await {
        Ok(cluster) => cluster,
        Err(error) => return report("error", &error.to_string().replace('\n', " ")),
    };
    let server = cluster.process_id().unwrap();
    if errand == "halt" {
        cluster.halt().await.unwrap();
    }
    report("cluster", &format!("{server} {}", cluster.directory().display()));
    assert_ne!(errand, "panic", "as told");
    std::future::pending::<()>().await;
}

/// A process that holds a cluster. It is killed at the end of the test.
pub(super) struct ChildWithCluster {
    pub(super) process: Child,
    pub(super) server: u32,
    pub(super) directory: PathBuf,
}

impl ChildWithCluster {
    pub(super) fn start(errand: &str, directory: Option<&Path>) -> Self {
        Self::start_with(errand, |command| match directory {
            Some(directory) => command.env(format!("{ERRAND}_DIRECTORY"), directory),
            None => command,
        })
    }

    pub(super) fn start_with(errand: &str, configure: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut process = start_child(errand, configure);
        let found = read_report(&mut process, "cluster");
        let (server, directory) = found.split_once(' ').expect("a process id and a directory");
        let server = server.parse().expect("a process id");
        Self { process, server, directory: directory.into() }
    }

    pub(super) fn kill(&mut self) {
        self.process.kill().expect("it is our child");
        self.wait();
    }

    pub(super) fn wait(&mut self) {
        self.process.wait().expect("it is our child");
    }

    /// Kills everybody who would stop the server: the guard, then the process itself.
    pub(super) fn orphan_server(mut self) -> Self {
        kill_guards(&self.directory, self.server);
        self.kill();
        assert!(is_running(self.server));
        self
    }
}

impl Drop for ChildWithCluster {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs a child to its end and returns the error that it reports.
pub(super) fn run_errand(errand: &str, configure: impl FnOnce(&mut Command) -> &mut Command) -> String {
    let mut process = start_child(errand, configure);
    let message = read_report(&mut process, "error");
    process.wait().expect("it is our child");
    message
}

pub(super) fn start_child(errand: &str, configure: impl FnOnce(&mut Command) -> &mut Command) -> Child {
    use std::os::unix::process::CommandExt;

    let program = env::current_exe().expect("a test knows its program");
    let mut command = Command::new(program);
    command.args(["--exact", "embedded::child::a_child", "--ignored", "--nocapture"]);
    command.env(ERRAND, errand).env_remove(format!("{ERRAND}_DIRECTORY"));
    command.stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    configure(&mut command).spawn().expect("the test program starts")
}

/// Tells the parent. The line begins anew, as the test harness may have begun one.
fn report(word: &str, text: &str) {
    let mut stdout = io::stdout().lock();
    write!(stdout, "\n{word}: {text}\n").expect("the parent reads");
    stdout.flush().expect("the parent reads");
}

pub(super) fn read_report(process: &mut Child, word: &str) -> String {
    let stdout = process.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let prefix = format!("{word}: ");
    let report = lines.find_map(|line| line.strip_prefix(&prefix).map(str::to_owned));
    report.unwrap_or_else(|| panic!("the child ended without {word}"))
}
