//! Lets a duty that panicked begin anew. A bug of ours must not leave a worker behind that beats
//! and does nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::engine::Engine;
use crate::job::catch;

/// A bug that strikes each time must not spin.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs the duty until it ends by itself; `begin` is told whether it is not the first time.
pub(super) async fn supervise<F: Future<Output = ()>>(
    stopping: CancellationToken,
    duty: &'static str,
    begin: impl Fn(bool) -> F,
) {
    let mut again = false;
    while let Err(crash) = catch(begin(again)).await {
        tracing::error!(duty, ?crash, "a duty of this worker panicked and begins anew; please report this");
        again = true;
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stopping.cancelled() => return,
        }
    }
}

/// Runs what holds results that nobody else has: when that panics, the worker claims no more and
/// falls silent, so that others take its jobs.
pub(super) async fn or_fall_silent(engine: Arc<Engine>, duty: &'static str, work: impl Future<Output = ()>) {
    if let Err(crash) = catch(work).await {
        tracing::error!(
            duty,
            ?crash,
            "a duty of this worker panicked; the worker stops, others take its jobs; please report this"
        );
        engine.stop();
        engine.ended.cancel();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn a_duty_that_panics_begins_anew_and_is_told_so() {
        let begun = Mutex::new(Vec::new());

        supervise(CancellationToken::new(), "probe", async |again| {
            begun.lock().unwrap().push(again);
            assert!(again, "the first time fails");
        })
        .await;

        assert_eq!(*begun.lock().unwrap(), [false, true]);
    }

    #[tokio::test]
    async fn a_duty_that_panics_while_the_worker_stops_does_not_begin_anew() {
        let stopping = CancellationToken::new();
        stopping.cancel();

        supervise(stopping, "probe", async |again| assert!(again, "the first time fails")).await;
    }
}
