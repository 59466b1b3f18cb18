//! A worker under systemd: what it says to the socket, and that the files beside it are those of the guide.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::support::PATIENCE;
use crate::support::example::Example;

/// A service manager.
struct Manager {
    path: PathBuf,
    socket: UnixDatagram,
}

impl Manager {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("task-tower-notify-{}", std::process::id()));
        let _ = fs::remove_file(&path);
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { path, socket }
    }

    /// Waits for this word, past others, and returns those.
    fn hear(&self, word: &str) -> Vec<String> {
        let mut others = Vec::new();
        loop {
            let mut heard = [0; 64];
            let length =
                self.socket.recv(&mut heard).unwrap_or_else(|error| panic!("{word}: {error} after {others:?}"));
            match String::from_utf8(heard[..length].to_vec()).unwrap() {
                heard if heard == word => return others,
                other => others.push(other),
            }
        }
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_says_when_it_is_ready_that_it_lives_and_when_it_stops() {
    let manager = Manager::new();
    let socket = manager.path.to_str().unwrap().to_owned();
    let mut hello = Example::start_with("hello", &[("NOTIFY_SOCKET", &socket), ("WATCHDOG_USEC", "200000")]).await;

    hello.until("Hello, from Task Tower!").await;
    let before = manager.hear("READY=1");
    manager.hear("WATCHDOG=1");
    manager.hear("WATCHDOG=1");
    hello.terminate().await;
    let working = manager.hear("STOPPING=1");

    assert!(before.iter().chain(&working).all(|word| word == "WATCHDOG=1"), "{before:?} {working:?}");
    tokio::time::timeout(PATIENCE + Duration::from_secs(1), hello.ended()).await.unwrap();
}

#[test]
fn the_files_for_systemd_and_kubernetes_are_those_of_the_guide() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let guide = fs::read_to_string(root.join("crates/task-tower/docs/monitoring.md")).unwrap();

    for file in ["ops/systemd/shop-worker.service", "ops/kubernetes/shop-worker.yaml"] {
        let text = fs::read_to_string(root.join(file)).unwrap();
        assert!(guide.contains(file) && guide.contains(&format!("\n{text}```")), "{file} is not in the guide");
    }
}
