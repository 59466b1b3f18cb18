//! What a program logs while a test runs, without touching what other tests log.

use std::future::Future;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};

use tokio::runtime;
use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

/// What was logged, as the usual subscriber writes it.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Runs on threads that all log here, under this filter; `{test}` stands for this program.
    pub fn of<F: Future<Output = ()>>(filter: &str, test: F) -> String {
        let log = Self::default();
        let writer = log.clone();
        let own = module_path!().split("::").next().unwrap();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone());
        let filter = EnvFilter::new(filter.replace("{test}", own));
        under(Dispatch::new(subscriber.with_env_filter(filter).finish()), test);
        let bytes = log.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }
}

/// Runs on threads that all have this subscriber.
pub fn under<F: Future<Output = ()>>(dispatch: Dispatch, test: F) {
    // With only one subscriber, tracing asks the thread that comes first to a line whether anybody wants it,
    // and threads of other tests have none.
    static SECOND: OnceLock<Dispatch> = OnceLock::new();
    SECOND.get_or_init(|| Dispatch::new(NoSubscriber::new()));
    let start = move || std::mem::forget(dispatch.clone().set_default());
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().on_thread_start(start).build();
    runtime.unwrap().block_on(test);
}
