//! The spans of `tracing` that are always made: one where jobs are enqueued, and one for each run. With the feature `otel`
//! they are spans of OpenTelemetry by its conventions for messaging, and the trace travels with the job.
//!
//! A run is not a child of the span that enqueued its job: that one may have ended days ago, and there may be ten runs. It begins
//! a trace of its own, with a link.

use tracing::Span;

use crate::record::{Failure, JobId};

#[cfg(feature = "otel")]
use super::otel;

/// What is about to be enqueued.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sending<'a> {
    pub(crate) kind: &'a str,
    pub(crate) queue: &'a str,
    /// The job; none of many.
    pub(crate) id: Option<JobId>,
}

/// A run that is about to begin.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "otel"), allow(dead_code, reason = "only OpenTelemetry wants to know where a job comes from"))]
pub(crate) struct Running<'a> {
    pub(crate) id: JobId,
    pub(crate) kind: &'a str,
    pub(crate) queue: &'a str,
    pub(crate) attempt: i32,
    /// The trace that its job was enqueued in.
    pub(crate) origin: Option<&'a str>,
}

/// How a run ended: the state of its job, or what else became of it.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "otel"), allow(dead_code, reason = "only OpenTelemetry wants to know it"))]
pub(crate) struct Ended<'a> {
    pub(crate) how: &'static str,
    pub(crate) failure: Option<&'a Failure>,
}

impl Sending<'_> {
    /// The span around an enqueue, and what of it travels with the job.
    pub(crate) fn begin(self) -> (Span, Option<String>) {
        let span = self.span();
        #[cfg(feature = "otel")]
        let carried = otel::sending(&span, self);
        #[cfg(not(feature = "otel"))]
        let carried = None;
        (span, carried)
    }

    fn span(self) -> Span {
        let Self { kind, queue, id } = self;
        match id {
            #[cfg(feature = "otel")]
            Some(id) => tracing::info_span!(
                target: "task_tower::enqueue", "enqueue", %id, %kind, %queue,
                otel.kind = "producer", otel.name = format_args!("send {queue}")
            ),
            #[cfg(not(feature = "otel"))]
            Some(id) => tracing::info_span!(target: "task_tower::enqueue", "enqueue", %id, %kind, %queue),
            #[cfg(feature = "otel")]
            None => tracing::info_span!(
                target: "task_tower::enqueue", "enqueue_all", %kind, %queue, jobs = tracing::field::Empty,
                otel.kind = "producer", otel.name = format_args!("send {queue}")
            ),
            #[cfg(not(feature = "otel"))]
            None => tracing::info_span!(
                target: "task_tower::enqueue", "enqueue_all", %kind, %queue, jobs = tracing::field::Empty
            ),
        }
    }
}

/// Many jobs have been enqueued in this span.
pub(crate) fn sent(span: &Span, jobs: usize) {
    span.record("jobs", jobs);
    #[cfg(feature = "otel")]
    otel::sent(span, jobs);
}

/// What was to be enqueued in this span is not.
pub(crate) fn not_sent(_span: &Span, _error: &crate::error::Error) {
    #[cfg(feature = "otel")]
    otel::not_sent(_span, _error);
}

impl Running<'_> {
    /// The span around a run. At the level "error", so that the lines of a handler carry it under any filter.
    pub(crate) fn begin(self) -> Span {
        let span = self.span();
        #[cfg(feature = "otel")]
        otel::running(&span, self);
        span
    }

    #[cfg(feature = "otel")]
    fn span(self) -> Span {
        let Self { id, kind, queue, attempt, .. } = self;
        tracing::error_span!(
            target: "task_tower::run", parent: None, "job", %id, %kind, %queue, attempt,
            otel.kind = "consumer", otel.name = format_args!("process {queue}")
        )
    }

    #[cfg(not(feature = "otel"))]
    fn span(self) -> Span {
        let Self { id, kind, queue, attempt, origin: _ } = self;
        tracing::error_span!(target: "task_tower::run", parent: None, "job", %id, %kind, %queue, attempt)
    }
}

impl Ended<'_> {
    /// Says so in the span that is current.
    pub(crate) fn tell(self) {
        #[cfg(feature = "otel")]
        otel::ended(&Span::current(), self);
    }
}
