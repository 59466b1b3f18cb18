//! The private PostgreSQL of `task_tower::embedded`: that it starts, and above all that it goes.

mod child;
mod directories;
mod programs;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use task_tower::embedded::Cluster;
use tokio_postgres::{Client, NoTls};

use self::child::{ChildWithCluster, start_child};

/// How long a test waits for an event before it fails.
const EVENT_MAX: Duration = Duration::from_secs(30);

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
