//! What a worker puts off when it starts, so that its first jobs come first.

use std::time::Duration;

use super::engine::Engine;

/// Half of it at least, so that workers that are deployed together do not go on together.
const ONSET: Duration = Duration::from_secs(2);

/// Drawn anew each time.
pub(super) fn onset() -> Duration {
    ONSET.mul_f64(0.5 + 0.5 * fastrand::f64())
}

/// Returns when upkeep may begin, or the worker stops.
pub(super) async fn pass_onset(engine: &Engine) {
    tokio::select! {
        () = engine.stopping.cancelled() => {}
        () = tokio::time::sleep(onset()) => {}
    }
}
