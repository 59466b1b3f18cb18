//! `task-tower serve`.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::program::{Running, address, get, get_with, program, run, run_on};
use crate::support::TestBed;

#[tokio::test]
async fn it_serves_the_dashboard_until_it_is_told_to_stop() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    let mut command = program();
    command.args(["serve", "--database-url", &bed.url, "--schema", &bed.schema, "--listen", "127.0.0.1:0"]);
    let mut running = Running::start(&mut command);
    let url = address(&running.line_with("Dashboard"));

    let answer = get(&url, "/jobs");
    running.signal("TERM");

    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("There are no jobs yet"), "{answer}");
    assert_eq!(running.wait().code(), Some(0));
}

#[tokio::test]
async fn it_tells_the_service_manager_when_it_is_ready_and_when_it_stops() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    let socket = file("notify", "");
    fs::remove_file(socket.path()).unwrap();
    let manager = UnixDatagram::bind(socket.path()).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let hear = || {
        let mut word = [0; 64];
        let length = manager.recv(&mut word).unwrap();
        String::from_utf8_lossy(&word[..length]).trim().to_owned()
    };
    let mut command = program();
    command
        .args(["serve", "--database-url", &bed.url, "--schema", &bed.schema, "--listen", "127.0.0.1:0"])
        .env("NOTIFY_SOCKET", socket.path());
    let running = Running::start(&mut command);

    let first = hear();
    running.signal("TERM");
    let last = hear();

    assert_eq!([first.as_str(), last.as_str()], ["READY=1", "STOPPING=1"]);
    assert_eq!(running.wait().code(), Some(0));
}

#[test]
fn an_address_that_others_can_reach_is_refused_without_credentials() {
    for listen in ["0.0.0.0:4700", "192.0.2.7:4700", "[::]:4700"] {
        let told = run(&["serve", "--database-url", "postgres://127.0.0.1:1/x", "--listen", listen]);

        assert_eq!(told.code, Some(1));
        for advice in ["--basic-auth", "TASK_TOWER_BASIC_AUTH", "--bearer-token-file", "ssh -L"] {
            assert!(told.errors.contains(advice), "{}", told.errors);
        }
    }
}

#[tokio::test]
async fn with_users_and_a_token_it_serves_everybody_who_has_one() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    let users = file("users", "# who may\nana:correct horse\n\nbob:x\n");
    let mut command = program();
    command
        .args(["serve", "--database-url", &bed.url, "--schema", &bed.schema, "--listen", "0.0.0.0:0", "--read-only"])
        .args(["--instance", "shop-production", "--color", "red", "--place", "eu-1", "--trusted-proxies", "1"])
        .args(["--peer", "shop-staging=https://staging.example.org/tower/", "--prefix", "/ops/tower/", "--basic-auth"])
        .arg(users.path())
        .env("TASK_TOWER_BEARER_TOKEN", "t0ken");
    let mut running = Running::start(&mut command);
    let url = address(&running.line_with("Dashboard"));
    let port = url.rsplit(':').next().unwrap().split('/').next().unwrap();
    let url = format!("http://127.0.0.1:{port}/");

    let nobody = get(&url, "/ops/tower/jobs");
    let ana = get_with(&url, "/ops/tower/jobs", "Authorization: Basic YW5hOmNvcnJlY3QgaG9yc2U=");
    let bob = get_with(&url, "/ops/tower/", "Authorization: Basic Ym9iOng=");
    let program = get_with(&url, "/ops/tower/queues", "Authorization: Bearer t0ken");
    let probes = ["livez", "readyz"].map(|probe| get(&url, &format!("/ops/tower/{probe}")));
    running.signal("TERM");

    assert!(nobody.starts_with("HTTP/1.1 401") && nobody.contains("www-authenticate: Basic"), "{nobody}");
    assert!(ana.starts_with("HTTP/1.1 200") && ana.contains("shop-production") && ana.contains("Read-only"), "{ana}");
    for part in [
        "Jobs · shop-production · Task Tower</title>",
        "tower-red.svg",
        ">eu-1 · PostgreSQL ",
        "href=\"https://staging.example.org/tower/\"",
    ] {
        assert!(ana.contains(part), "{part} is not in {ana}");
    }
    assert!(bob.starts_with("HTTP/1.1 303") && bob.contains("location: ./overview"), "{bob}");
    assert!(program.starts_with("HTTP/1.1 200"), "{program}");
    assert!(probes.iter().all(|answer| answer.starts_with("HTTP/1.1 200")), "{probes:?}");
    assert_eq!(running.wait().code(), Some(0));
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    for option in ["--basic-auth", "--bearer-token-file"] {
        let told = run(&["serve", "--database-url", "postgres://127.0.0.1:1/x", option, "ana:hunter2"]);

        assert_eq!(told.code, Some(1));
        assert!(told.errors.contains("does not belong on the command line"), "{}", told.errors);
        assert!(!told.errors.contains("hunter2"), "{}", told.errors);
    }
}

#[test]
fn credentials_that_say_nothing_are_refused_with_the_line() {
    for (text, said) in [("ana:x\nbob\n", "line 2"), ("# nobody\n", "could not find a user"), ("ana:\n", "line 1")] {
        let users = file("bad", text);
        let path = users.path().to_str().unwrap().to_owned();

        let told = run(&["serve", "--database-url", "postgres://127.0.0.1:1/x", "--basic-auth", &path]);

        assert_eq!(told.code, Some(1));
        assert!(told.errors.contains(said), "{}", told.errors);
    }
}

#[test]
fn another_tower_has_a_name_and_an_address() {
    for peer in ["staging", "=https://x/", "staging=ftp://x/", "staging=javascript:alert(1)", "staging="] {
        let told = run(&["serve", "--database-url", "postgres://127.0.0.1:1/x", "--peer", peer]);

        assert_eq!(told.code, Some(2), "{peer}: {}", told.errors);
        assert!(told.errors.contains("shop-staging=https://"), "{}", told.errors);
    }
}

#[test]
fn traces_are_seen_at_an_address_with_their_id_in_it() {
    for url in ["https://jaeger.example.org/", "/trace/{trace_id}", "javascript:{trace_id}"] {
        let told = run(&["serve", "--database-url", "postgres://127.0.0.1:1/x", "--trace-url", url]);

        assert_eq!(told.code, Some(2), "{url}: {}", told.errors);
        assert!(told.errors.contains("https://jaeger.example.org/trace/{trace_id}"), "{}", told.errors);
    }
}

#[test]
fn code_is_read_at_an_address_with_a_path_in_it() {
    for url in ["git.example/{path}", "javascript:{path}", "https://git.example/"] {
        let told = run(&["serve", "--database-url", "postgres://127.0.0.1:1/x", "--source-url", url]);

        assert_eq!(told.code, Some(2), "{url}: {}", told.errors);
        assert!(told.errors.contains("https://git.example.org/"), "{}", told.errors);
    }
}

#[test]
fn a_prefix_is_a_plain_path() {
    for prefix in ["tower", "/", "//", "/a b", "/{x}", "/a//b", "/a/../b", "/a?b", "https://x"] {
        let told = run(&["serve", "--database-url", "postgres://127.0.0.1:1/x", "--prefix", prefix]);

        assert_eq!(told.code, Some(2), "{prefix}: {}", told.errors);
    }
}

#[tokio::test]
async fn its_numbers_are_for_who_has_their_token() {
    let bed = TestBed::new().await;
    run_on(&bed, &["migrate"]);
    let mut command = program();
    command
        .args(["serve", "--database-url", &bed.url, "--schema", &bed.schema, "--listen", "127.0.0.1:0"])
        .env("TASK_TOWER_BASIC_AUTH", "ana:x")
        .env("TASK_TOWER_METRICS_TOKEN", "t0ken");
    let mut running = Running::start(&mut command);
    let url = address(&running.line_with("Dashboard"));

    let nobody = get(&url, "/metrics");
    let prometheus = get_with(&url, "/metrics", "Authorization: Bearer t0ken");
    running.signal("TERM");

    assert!(nobody.starts_with("HTTP/1.1 401"), "{nobody}");
    assert!(
        prometheus.starts_with("HTTP/1.1 200") && prometheus.contains("\ntask_tower_database_up 1\n"),
        "{prometheus}"
    );
    assert_eq!(running.wait().code(), Some(0));
}

/// A file that is gone when the test is.
struct Secrets(PathBuf);

impl Secrets {
    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn file(name: &str, text: &str) -> Secrets {
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("task_tower_serve_{}_{name}_{number}", std::process::id()));
    fs::write(&path, text).unwrap();
    Secrets(path)
}

static COUNT: AtomicUsize = AtomicUsize::new(0);
