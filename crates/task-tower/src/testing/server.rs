//! The PostgreSQL of the tests of this process.

use std::env;
use std::sync::OnceLock;
use std::thread;

use crate::embedded::Cluster;
use crate::error::{Error, Result};

/// Only this variable is asked, so that no test ever runs in the database of `DATABASE_URL` by accident.
const VARIABLE: &str = "TASK_TOWER_TEST_URL";

/// Where it is, and whether it ends with this process.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) url: String,
    pub(super) is_private: bool,
}

impl Server {
    /// That of the environment, or else a private one, which the first caller starts.
    pub(super) async fn find() -> Result<&'static Self> {
        // The start blocks for half a second, and the others wait for it.
        let finding = tokio::task::spawn_blocking(|| {
            static SERVER: OnceLock<Server> = OnceLock::new();
            static STARTING: std::sync::Mutex<()> = std::sync::Mutex::new(());
            let _starting = STARTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match SERVER.get() {
                Some(server) => Ok(server),
                None => Self::new().map(|server| SERVER.get_or_init(|| server)),
            }
        });
        finding.await.map_err(|error| Error::embedded("the thread that starts PostgreSQL ended").because(error))?
    }

    fn new() -> Result<Self> {
        match env::var(VARIABLE) {
            Ok(url) => Ok(Self { url, is_private: false }),
            Err(_) => Ok(Self { url: start()?, is_private: true }),
        }
    }
}

/// On a runtime of its own: that of a test ends with the test.
fn start() -> Result<String> {
    let starting = thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::embedded("a runtime to start PostgreSQL was not made").because(error))?;
        let cluster = runtime.block_on(Cluster::start())?;
        let url = cluster.url().to_owned();
        // It stops when this process ends, however that happens.
        std::mem::forget(cluster);
        Ok(url)
    });
    starting.join().unwrap_or_else(|_| Err(Error::embedded("starting PostgreSQL panicked")))
}
