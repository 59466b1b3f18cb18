//! Runs a handler so that its panic ends that run and nothing else, and tells where it happened.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;
use std::task::Poll;

use super::handler::Crash;

thread_local! {
    static IN_HANDLER: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Polls the future to its end; a panic in it, or in dropping it, becomes a [`Crash`].
pub(crate) async fn catch<F: Future>(future: F) -> Result<F::Output, Crash> {
    remember_places();
    let mut future = Some(Box::pin(future));
    let output = std::future::poll_fn(|context| {
        let Some(running) = future.as_mut() else { return Poll::Pending };
        match guarded(|| running.as_mut().poll(context)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(crash) => Poll::Ready(Err(crash)),
        }
    })
    .await;
    // A destructor that panics would otherwise take the slot with it.
    guarded(|| drop(future))?;
    output
}

/// Drops a future that is given up. A panic in its destructors is only logged: the run has failed
/// already.
pub(crate) fn drop_quietly<T>(value: T) {
    if let Err(crash) = guarded(|| drop(value)) {
        tracing::warn!(?crash, "a handler that was given up panicked while it was dropped");
    }
}

/// Calls the function; a panic in it becomes a [`Crash`].
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Crash> {
    let outer = IN_HANDLER.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    IN_HANDLER.set(outer);
    // One that was caught on another thread comes as it was caught there.
    result.map_err(|payload| match payload.downcast::<Crash>() {
        Ok(crash) => *crash,
        Err(payload) => Crash::Panic { message: message(&*payload), place: PLACE.take() },
    })
}

/// Only the panic hook knows the place of a panic. The hook that was there before goes on to run.
fn remember_places() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            note_place(info);
            before(info);
        }));
    });
}

fn note_place(info: &PanicHookInfo<'_>) {
    if IN_HANDLER.get() {
        let backtrace = Backtrace::capture();
        // Only where RUST_BACKTRACE asks for it: it takes milliseconds.
        let trace = (backtrace.status() == BacktraceStatus::Captured).then(|| format!("\n{backtrace}"));
        PLACE.set(info.location().map(|place| format!("{place}{}", trace.unwrap_or_default())));
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic whose payload is not a text".to_owned())
}
