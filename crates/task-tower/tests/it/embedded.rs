//! The private PostgreSQL of `task_tower::embedded`: that it starts, and above all that it goes.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use task_tower::embedded::Cluster;
use tokio_postgres::{Client, NoTls};

/// How long a test waits for an event before it fails.
const EVENT_MAX: Duration = Duration::from_secs(30);

/// Tells a child of a test what to do. The name of the test that runs it is `a_child`.
const ERRAND: &str = "TASK_TOWER_TEST_ERRAND";

#[tokio::test]
async fn a_cluster_starts_and_answers() {
    let cluster = Cluster::start().await.unwrap();

    let client = connect(cluster.url()).await;

    assert_eq!(ask(&client, "SELECT current_user::text").await, "postgres");
    assert_eq!(ask(&client, "SHOW server_encoding").await, "UTF8");
    assert_eq!(ask(&client, "SHOW fsync").await, "off");
    assert_eq!(ask(&client, "SHOW max_connections").await, "200");
    assert_eq!(ask(&client, "SHOW unix_socket_directories").await, "");
    assert!(cluster.url().starts_with("postgres://postgres@127.0.0.1:"), "{}", cluster.url());
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn stop_leaves_no_process_and_no_directory() {
    let cluster = Cluster::start().await.unwrap();
    let directory = cluster.directory().to_path_buf();
    let processes = processes_about(&directory);
    assert!(processes.contains(&cluster.process_id().unwrap()));
    assert!(processes.len() >= 3, "a server, a guard and a janitor: {processes:?}");

    cluster.stop().await.unwrap();

    assert!(!directory.exists());
    until("everything has ended", || processes_about(&directory).is_empty());
}

#[tokio::test]
async fn a_dropped_cluster_stops_and_removes_its_directory() {
    let cluster = Cluster::start().await.unwrap();
    let directory = cluster.directory().to_path_buf();
    let started = Instant::now();

    drop(cluster);

    assert!(started.elapsed() < Duration::from_secs(1));
    until("everything has ended", || processes_about(&directory).is_empty());
    assert!(!directory.exists());
}

#[tokio::test]
async fn a_start_that_is_given_up_leaves_nothing() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("cluster"));

    let interrupted = tokio::time::timeout(Duration::from_millis(150), options.start()).await;

    drop(interrupted);
    until("everything has ended", || processes_about(&scratch.path("cluster")).is_empty());
}

#[tokio::test]
async fn a_killed_parent_leaves_no_server_and_no_directory() {
    let mut child = ChildWithCluster::start("start", None);
    assert!(is_running(child.server));

    child.kill();

    until("everything has ended", || processes_about(&child.directory).is_empty());
    assert!(!child.directory.exists());
}

#[tokio::test]
async fn a_parent_that_is_killed_while_its_server_is_halted_leaves_no_directory() {
    let mut child = ChildWithCluster::start("halt", None);
    until("the server has ended", || !is_running(child.server));

    child.kill();

    until("the directory is removed", || !child.directory.exists());
    until("everything has ended", || processes_about(&child.directory).is_empty());
}

#[test]
fn a_parent_that_is_killed_while_its_cluster_starts_leaves_nothing() {
    let scratch = Scratch::new();
    fs::set_permissions(&scratch.0, fs::Permissions::from_mode(0o1777)).unwrap();

    for milestone in ["", "data", "data/base/1", "task-tower.ready", "server.log", "data/postmaster.pid"] {
        let mut child = start_child("start", |command| command.env("TMPDIR", &scratch.0));
        until(milestone, || scratch.entries().iter().any(|entry| entry.join(milestone).exists()));
        child.kill().unwrap();
        child.wait().unwrap();

        until("everything has ended", || processes_about(&scratch.0).is_empty());
        assert_eq!(scratch.entries(), Vec::<PathBuf>::new(), "after {milestone:?}");
    }
}

#[tokio::test]
async fn a_panicking_parent_leaves_no_server_and_no_directory() {
    let mut child = ChildWithCluster::start("panic", None);

    child.wait();

    until("everything has ended", || processes_about(&child.directory).is_empty());
    assert!(!child.directory.exists());
}

#[tokio::test]
async fn an_interrupt_at_the_terminal_does_not_reach_the_guard() {
    let mut child = ChildWithCluster::start("start", None);

    // What a terminal does: every process of the foreground group gets the signal.
    send("INT", &format!("-{}", child.process.id()));
    child.wait();

    until("everything has ended", || processes_about(&child.directory).is_empty());
    assert!(!child.directory.exists());
}

#[tokio::test]
async fn two_clusters_in_one_process_end_independently() {
    let first = Cluster::start().await.unwrap();
    let second = Cluster::start().await.unwrap();
    let directory = first.directory().to_path_buf();
    assert_ne!(first.url(), second.url());

    drop(first);

    until("the first has ended", || processes_about(&directory).is_empty());
    assert_eq!(ask(&connect(second.url()).await, "SELECT 'up'").await, "up");
    second.stop().await.unwrap();
}

#[test]
fn a_cluster_outlives_the_runtime_that_it_was_started_in() {
    let start = || tokio::runtime::Runtime::new().unwrap();
    let cluster = start().block_on(Cluster::start()).unwrap();
    let directory = cluster.directory().to_path_buf();

    let answer = start().block_on(async {
        let answer = ask(&connect(cluster.url()).await, "SELECT 'up'").await;
        cluster.stop().await.unwrap();
        answer
    });

    assert_eq!(answer, "up");
    assert!(!directory.exists());
}

#[tokio::test]
async fn a_database_is_created_once() {
    let cluster = Cluster::start().await.unwrap();

    let url = cluster.create_database("my-app_1").await.unwrap();
    let again = cluster.create_database("my-app_1").await.unwrap_err();
    let injected = cluster.create_database("x\"; DROP DATABASE postgres").await.unwrap_err();

    assert_eq!(ask(&connect(&url).await, "SELECT current_database()::text").await, "my-app_1");
    assert!(again.to_string().contains("already exists"), "{again}");
    assert!(injected.to_string().contains("no name for a database"), "{injected}");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn settings_and_durability_reach_the_server() {
    let options = Cluster::builder().durable(true).setting("max_connections", "33");
    let cluster = options.setting("work_mem", "5MB").start().await.unwrap();

    let client = connect(cluster.url()).await;

    assert_eq!(ask(&client, "SHOW fsync").await, "on");
    assert_eq!(ask(&client, "SHOW synchronous_commit").await, "on");
    assert_eq!(ask(&client, "SHOW full_page_writes").await, "on");
    assert_eq!(ask(&client, "SHOW max_connections").await, "33");
    assert_eq!(ask(&client, "SHOW work_mem").await, "5MB");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_failed_start_shows_the_log_and_leaves_nothing() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("cluster"));

    let error = options.setting("no_such_parameter", "1").start().await.unwrap_err();

    assert!(error.to_string().contains("no_such_parameter"), "{error}");
    until("everything has ended", || processes_about(&scratch.path("cluster")).is_empty());
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();

    let error = Cluster::builder().port(port).start().await.unwrap_err();

    assert!(error.to_string().contains("in use"), "{error}");
}

#[tokio::test]
async fn another_server_on_the_port_is_not_mistaken_for_ours() {
    let first = Cluster::start().await.unwrap();
    let port = port_of(first.url());

    let error = Cluster::builder().port(port).start().await.unwrap_err();

    assert!(error.to_string().contains("in use"), "{error}");
    assert_eq!(ask(&connect(first.url()).await, "SELECT 'up'").await, "up");
    first.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_server_keeps_its_data_and_its_port() {
    let mut cluster = Cluster::builder().setting("synchronous_commit", "on").start().await.unwrap();
    let url = cluster.url().to_owned();
    let killed = cluster.process_id().unwrap();
    remember(&connect(&url).await, "before the crash").await;

    cluster.kill().await.unwrap();

    assert!(!is_running(killed));
    assert_eq!(cluster.process_id(), None);
    cluster.restart().await.unwrap();
    assert_eq!(cluster.url(), url);
    assert_ne!(cluster.process_id(), Some(killed));
    assert_eq!(recall(&connect(&url).await).await, "before the crash");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_is_killed_in_the_middle_of_a_statement_and_restarts() {
    let mut cluster = Cluster::start().await.unwrap();
    let client = connect(cluster.url()).await;
    let busy = tokio::spawn(async move { client.batch_execute("SELECT pg_sleep(3600)").await });
    let witness = connect(cluster.url()).await;
    let sleeping = "SELECT count(*)::text FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    while ask(&witness, sleeping).await != "1" {}

    cluster.kill().await.unwrap();

    assert!(busy.await.unwrap().is_err());
    cluster.restart().await.unwrap();
    assert_eq!(ask(&connect(cluster.url()).await, "SELECT 'up'").await, "up");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_halted_server_keeps_its_data_and_its_port() {
    let mut cluster = Cluster::start().await.unwrap();
    let url = cluster.url().to_owned();
    let halted = cluster.process_id().unwrap();
    remember(&connect(&url).await, "before the halt").await;

    cluster.halt().await.unwrap();
    cluster.halt().await.unwrap();

    assert!(!is_running(halted));
    assert!(cluster.directory().exists());
    cluster.restart().await.unwrap();
    assert_eq!(recall(&connect(&url).await).await, "before the halt");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_cluster_can_be_stopped_at_once() {
    let mut cluster = Cluster::start().await.unwrap();
    let directory = cluster.directory().to_path_buf();
    cluster.kill().await.unwrap();

    cluster.stop().await.unwrap();

    assert!(!directory.exists());
}

#[tokio::test]
async fn a_lasting_directory_keeps_its_data() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("a/b/cluster"));
    let cluster = options.clone().start().await.unwrap();
    remember(&connect(cluster.url()).await, "the first time").await;

    cluster.stop().await.unwrap();

    let cluster = options.start().await.unwrap();
    assert_eq!(recall(&connect(cluster.url()).await).await, "the first time");
    cluster.stop().await.unwrap();
    assert!(scratch.path("a/b/cluster/data").exists());
}

#[tokio::test]
async fn a_directory_takes_one_cluster_at_a_time() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("cluster"));
    let first = options.clone().start().await.unwrap();

    let error = options.clone().start().await.unwrap_err();

    let port = port_of(first.url());
    assert!(error.to_string().contains("is in use by another cluster"), "{error}");
    assert!(error.to_string().contains(&format!("port {port}")), "{error}");
    first.stop().await.unwrap();
    options.start().await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn of_many_starts_at_once_on_a_new_directory_one_succeeds() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("cluster"));
    let starts = (0..4).map(|_| tokio::spawn(options.clone().start()));

    let mut clusters = Vec::new();
    for start in starts.collect::<Vec<_>>() {
        match start.await.unwrap() {
            Ok(cluster) => clusters.push(cluster),
            Err(error) => assert!(error.to_string().contains("in use"), "{error}"),
        }
    }

    assert_eq!(clusters.len(), 1);
    clusters.remove(0).stop().await.unwrap();
}

#[tokio::test]
async fn a_directory_is_free_again_when_its_process_was_killed() {
    let scratch = Scratch::new();
    let directory = scratch.path("cluster");
    let mut child = ChildWithCluster::start("start", Some(&directory));
    child.kill();

    let cluster = Cluster::builder().directory(&directory).start().await.unwrap();

    assert!(!is_running(child.server), "there would be two servers");
    assert_ne!(cluster.process_id(), Some(child.server));
    cluster.stop().await.unwrap();
    assert!(directory.exists());
}

#[tokio::test]
async fn a_server_that_lost_its_guard_is_adopted() {
    let scratch = Scratch::new();
    let directory = scratch.path("cluster");
    let child = ChildWithCluster::start("start", Some(&directory)).orphan_server();

    let cluster = Cluster::builder().directory(&directory).start().await.unwrap();

    assert_eq!(cluster.process_id(), Some(child.server));
    assert_eq!(ask(&connect(cluster.url()).await, "SELECT 'up'").await, "up");
    cluster.stop().await.unwrap();
    until("the server has ended", || !is_running(child.server));
    assert!(directory.exists());
}

#[tokio::test]
async fn an_adopted_server_is_killed_and_restarted_like_any_other() {
    let scratch = Scratch::new();
    let directory = scratch.path("cluster");
    let child = ChildWithCluster::start("start", Some(&directory)).orphan_server();
    let mut cluster = Cluster::builder().directory(&directory).start().await.unwrap();

    cluster.kill().await.unwrap();

    until("the server has ended", || !is_running(child.server));
    cluster.restart().await.unwrap();
    assert_eq!(ask(&connect(cluster.url()).await, "SELECT 'up'").await, "up");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn an_adopted_server_goes_when_its_new_parent_is_killed() {
    let scratch = Scratch::new();
    let directory = scratch.path("cluster");
    let first = ChildWithCluster::start("start", Some(&directory)).orphan_server();
    let mut second = ChildWithCluster::start("start", Some(&directory));
    assert_eq!(second.server, first.server);

    second.kill();

    until("everything has ended", || processes_about(&directory).is_empty());
}

#[tokio::test]
async fn a_server_whose_guard_was_killed_is_stopped_all_the_same() {
    let cluster = Cluster::start().await.unwrap();
    let server = cluster.process_id().unwrap();
    kill_guards(cluster.directory(), server);

    cluster.stop().await.unwrap();

    until("the server has ended", || !is_running(server));
}

#[tokio::test]
async fn half_made_data_is_made_anew() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("cluster"));
    options.clone().start().await.unwrap().stop().await.unwrap();
    fs::remove_file(scratch.path("cluster/task-tower.ready")).unwrap();
    fs::remove_file(scratch.path("cluster/data/PG_VERSION")).unwrap();
    fs::write(scratch.path("cluster/data/left-over"), "").unwrap();

    let cluster = options.start().await.unwrap();

    assert!(!scratch.path("cluster/data/left-over").exists());
    assert_eq!(ask(&connect(cluster.url()).await, "SELECT 'up'").await, "up");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_foreign_directory_is_refused_and_not_touched() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("mine")).unwrap();
    fs::write(scratch.path("mine/letter.txt"), "precious").unwrap();

    let error = Cluster::builder().directory(scratch.path("mine")).start().await.unwrap_err();

    assert!(error.to_string().contains("no cluster of Task Tower"), "{error}");
    assert_eq!(fs::read_to_string(scratch.path("mine/letter.txt")).unwrap(), "precious");
    assert_eq!(fs::read_dir(scratch.path("mine")).unwrap().count(), 1);
}

#[tokio::test]
async fn data_of_another_version_is_named() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("cluster"));
    options.clone().start().await.unwrap().stop().await.unwrap();
    fs::write(scratch.path("cluster/data/PG_VERSION"), "14\n").unwrap();

    let error = options.start().await.unwrap_err();

    assert!(error.to_string().contains("was made by PostgreSQL 14"), "{error}");
}

#[tokio::test]
async fn a_directory_that_the_account_cannot_reach_is_named() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("closed")).unwrap();
    fs::set_permissions(scratch.path("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    if !is_root() {
        return;
    }

    let result = Cluster::builder().directory(scratch.path("closed/cluster")).start().await;

    let message = result.unwrap_err().to_string();
    let closed = format!("cannot enter {}", scratch.path("closed").display());
    assert!(message.contains(&closed), "{message}");
}

#[tokio::test]
async fn a_standby_follows_and_is_promoted() {
    let mut first = Cluster::start().await.unwrap();
    remember(&connect(first.url()).await, "before the copy").await;
    let mut second = first.start_standby(Cluster::builder()).await.unwrap();
    let standby = connect(second.url()).await;
    assert_eq!(ask(&standby, "SELECT pg_is_in_recovery()::text").await, "true");

    remember(&connect(first.url()).await, "after the copy").await;
    while recall(&standby).await != "after the copy" {}
    first.kill().await.unwrap();
    second.promote().await.unwrap();

    let again = second.promote().await.unwrap_err();
    assert!(again.to_string().contains("recovery is not in progress"), "{again}");
    remember(&standby, "on its own").await;
    second.restart().await.unwrap();
    assert_eq!(recall(&connect(second.url()).await).await, "on its own");
    second.stop().await.unwrap();
    first.stop().await.unwrap();
}

#[test]
fn a_named_directory_without_programs_is_an_error_that_says_so() {
    let scratch = Scratch::new();
    let empty = scratch.path("empty");

    let message = run_errand("fail", |child| child.env("TASK_TOWER_PG_BIN", &empty));

    assert!(message.contains("the environment variable TASK_TOWER_PG_BIN names"), "{message}");
    assert!(message.contains(&format!("{}", empty.display())), "{message}");
}

#[test]
fn a_named_directory_with_an_old_version_is_an_error_that_says_so() {
    let scratch = Scratch::new();
    write_program(&scratch.path("initdb"), "exit 1");
    write_program(&scratch.path("postgres"), "echo 'postgres (PostgreSQL) 12.3'");

    let message = run_errand("fail", |child| child.env("TASK_TOWER_PG_BIN", &scratch.0));

    assert!(message.contains("TASK_TOWER_PG_BIN"), "{message}");
    assert!(message.contains("15 or later is needed"), "{message}");
    assert!(message.contains("PostgreSQL 12"), "{message}");
}

#[tokio::test]
async fn an_old_version_on_the_path_is_passed_over() {
    let scratch = Scratch::new();
    write_program(&scratch.path("initdb"), "exit 1");
    write_program(&scratch.path("postgres"), "echo 'postgres (PostgreSQL) 12.3'");
    let path = env::var_os("PATH").unwrap_or_default();
    let places = [scratch.0.clone()].into_iter().chain(env::split_paths(&path));
    let path = env::join_paths(places).unwrap();

    let mut child = ChildWithCluster::start_with("start", |command| command.env("PATH", &path));

    assert!(is_running(child.server));
    child.kill();
    until("everything has ended", || processes_about(&child.directory).is_empty());
}

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
struct ChildWithCluster {
    process: Child,
    server: u32,
    directory: PathBuf,
}

impl ChildWithCluster {
    fn start(errand: &str, directory: Option<&Path>) -> Self {
        Self::start_with(errand, |command| match directory {
            Some(directory) => command.env(format!("{ERRAND}_DIRECTORY"), directory),
            None => command,
        })
    }

    fn start_with(errand: &str, configure: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut process = start_child(errand, configure);
        let found = read_report(&mut process, "cluster");
        let (server, directory) = found.split_once(' ').expect("a process id and a directory");
        let server = server.parse().expect("a process id");
        Self { process, server, directory: directory.into() }
    }

    fn kill(&mut self) {
        self.process.kill().expect("it is our child");
        self.wait();
    }

    fn wait(&mut self) {
        self.process.wait().expect("it is our child");
    }

    /// Kills everybody who would stop the server: the guard, then the process itself.
    fn orphan_server(mut self) -> Self {
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
fn run_errand(errand: &str, configure: impl FnOnce(&mut Command) -> &mut Command) -> String {
    let mut process = start_child(errand, configure);
    let message = read_report(&mut process, "error");
    process.wait().expect("it is our child");
    message
}

fn start_child(errand: &str, configure: impl FnOnce(&mut Command) -> &mut Command) -> Child {
    use std::os::unix::process::CommandExt;

    let program = env::current_exe().expect("a test knows its program");
    let mut command = Command::new(program);
    command.args(["--exact", "embedded::a_child", "--ignored", "--nocapture"]);
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

fn read_report(process: &mut Child, word: &str) -> String {
    let stdout = process.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let prefix = format!("{word}: ");
    let report = lines.find_map(|line| line.strip_prefix(&prefix).map(str::to_owned));
    report.unwrap_or_else(|| panic!("the child ended without {word}"))
}

/// A directory that is removed at the end of the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let name = format!("task-tower-test-{:016x}", fastrand::u64(..));
        let directory = env::temp_dir().join(name);
        fs::create_dir(&directory).expect("a temporary directory");
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).expect("it is ours");
        Self(directory.canonicalize().expect("it exists"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn entries(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).expect("it is ours").flatten();
        entries.map(|entry| entry.path()).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Written by a shell, as a file that this process has open for writing cannot be run: another
/// thread may be starting a child, which holds it for a moment too.
fn write_program(file: &Path, body: &str) {
    let script = r#"printf '#!/bin/sh\n%s\n' "$2" >"$1" && chmod 755 "$1""#;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script, "sh"]).arg(file).arg(body);
    assert!(command.status().expect("a shell").success());
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a server");
    tokio::spawn(connection);
    client
}

async fn ask(client: &Client, question: &str) -> String {
    client.query_one(question, &[]).await.expect("an answer").get(0)
}

async fn remember(client: &Client, text: &str) {
    let statement = format!(
        "CREATE TABLE IF NOT EXISTS memory (text TEXT);
         DELETE FROM memory;
         INSERT INTO memory VALUES ('{text}')"
    );
    client.batch_execute(&statement).await.expect("a table");
}

async fn recall(client: &Client) -> String {
    ask(client, "SELECT text FROM memory").await
}

fn port_of(url: &str) -> u16 {
    let config: tokio_postgres::Config = url.parse().expect("an address");
    config.get_ports()[0]
}

/// Looks again and again until it is so. Fails when it takes too long.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + EVENT_MAX;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited too long until {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The processes that name the directory in their command line: the server, its guard and its
/// janitor. A process that has ended and was not yet waited for has no command line.
fn processes_about(directory: &Path) -> Vec<u32> {
    let output = Command::new("ps").args(["-A", "-ww", "-o", "pid=,args="]).output();
    let output = output.expect("the program ps");
    let directory = directory.to_str().expect("a plain path");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = text.lines().filter(|line| line.contains(directory));
    lines.filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect()
}

/// Kills the shells around the server of this directory.
fn kill_guards(directory: &Path, server: u32) {
    for process in processes_about(directory).into_iter().filter(|process| *process != server) {
        send("KILL", &process.to_string());
    }
    until("the guards have ended", || processes_about(directory) == [server]);
}

fn is_running(process: u32) -> bool {
    let process = process.to_string();
    let output = Command::new("ps").args(["-o", "stat=", "-p", &process]).output();
    let state = output.expect("the program ps").stdout;
    // A zombie has ended.
    !state.is_empty() && !state.starts_with(b"Z")
}

fn send(signal: &str, process: &str) {
    let script = "kill -s \"$1\" -- \"$2\"";
    let status = Command::new("/bin/sh").args(["-c", script, "sh", signal, process]).status();
    assert!(status.expect("a shell").success());
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().expect("the program id").stdout == b"0\n"
}
