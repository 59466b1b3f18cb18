//! What the program logs: to standard error, so that standard output stays the answer. What the jobs of the demo log is
//! kept with them.

use std::io::IsTerminal;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// `RUST_LOG` wins over the command's own filter, which is that of the terminal.
pub(crate) fn start(filter: &str, keeps_logs: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(filter));
    let terminal = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_filter(filter);
    let kept = keeps_logs.then(task_tower::logs);
    tracing_subscriber::registry().with(terminal).with(kept).init();
}
