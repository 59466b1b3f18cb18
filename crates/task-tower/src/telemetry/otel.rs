//! What OpenTelemetry wants to know of the spans, by its conventions for messaging, and how a trace travels with a job.
//!
//! The names are written here, as the crate of the conventions has these among what it may still change.

use opentelemetry::trace::{SpanContext, SpanId, Status, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context, Value};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::trace::{Ended, Running, Sending};
use crate::error::Error;

/// The most that a tracestate may have, as the W3C has it; a longer one does not travel.
const TRACE_STATE_BYTES_MAX: usize = 512;

pub(super) fn sending(span: &Span, sending: Sending<'_>) -> Option<String> {
    if !span.is_disabled() {
        describe(span, "enqueue", "send", sending.queue, sending.kind);
        if let Some(id) = sending.id {
            span.set_attribute("messaging.message.id", id.to_string());
        }
    }
    carried(span)
}

pub(super) fn sent(span: &Span, jobs: usize) {
    span.set_attribute("messaging.batch.message_count", i64::try_from(jobs).unwrap_or(i64::MAX));
}

pub(super) fn not_sent(span: &Span, error: &Error) {
    fail(span, error.class(), error.to_string());
}

pub(super) fn running(span: &Span, running: Running<'_>) {
    // It has no parent already. This only asks whether anybody traces, before all the rest is put together.
    if span.set_parent(Context::new()).is_err() {
        return;
    }
    describe(span, "process", "process", running.queue, running.kind);
    span.set_attribute("messaging.message.id", running.id.to_string());
    span.set_attribute("task_tower.job.attempt", i64::from(running.attempt));
    if let Some(origin) = running.origin.and_then(origin) {
        span.add_link(origin);
    }
}

pub(super) fn ended(span: &Span, ended: Ended<'_>) {
    span.set_attribute("task_tower.job.outcome", ended.how);
    if let Some(failure) = ended.failure {
        fail(span, &failure.class, failure.message.clone());
    }
}

fn describe(span: &Span, name: &'static str, operation: &'static str, queue: &str, kind: &str) {
    let texts: [(&'static str, Value); 5] = [
        ("messaging.system", "task_tower".into()),
        ("messaging.operation.name", name.into()),
        ("messaging.operation.type", operation.into()),
        ("messaging.destination.name", queue.to_owned().into()),
        ("task_tower.job.kind", kind.to_owned().into()),
    ];
    texts.into_iter().for_each(|(name, value)| span.set_attribute(name, value));
}

fn fail(span: &Span, class: &str, message: String) {
    span.set_attribute("error.type", class.to_owned());
    span.set_status(Status::error(message));
}

/// The context of this span, or of what is around it where a filter has left the span out.
fn carried(span: &Span) -> Option<String> {
    let own = place(&span.context());
    let around = || place(&Span::current().context()).or_else(|| place(&Context::current()));
    own.or_else(around).map(|place| written(&place))
}

fn place(context: &Context) -> Option<SpanContext> {
    Some(context.span().span_context().clone()).filter(SpanContext::is_valid)
}

/// A traceparent, and after a blank the tracestate, if there is one.
fn written(context: &SpanContext) -> String {
    let (trace, span, flags) = (context.trace_id(), context.span_id(), context.trace_flags().to_u8());
    let parent = format!("00-{trace}-{span}-{flags:02x}");
    match context.trace_state().header() {
        state if state.is_empty() || state.len() > TRACE_STATE_BYTES_MAX => parent,
        state => format!("{parent} {state}"),
    }
}

/// Where a job comes from; `None` for what is no such text, or comes from nowhere.
fn origin(text: &str) -> Option<SpanContext> {
    let (parent, state) = text.split_once(' ').unwrap_or((text, ""));
    let mut parts = parent.split('-').skip(1);
    let trace = TraceId::from_hex(parts.next()?).ok()?;
    let span = SpanId::from_hex(parts.next()?).ok()?;
    let flags = TraceFlags::new(u8::from_str_radix(parts.next()?, 16).ok()?);
    let state: TraceState = state.parse().unwrap_or_default();
    Some(SpanContext::new(trace, span, flags, true, state)).filter(SpanContext::is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_context_comes_back_as_it_was_written() {
        for text in [PARENT.to_owned(), format!("{PARENT} rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")] {
            assert_eq!(written(&origin(&text).unwrap()), text);
        }
    }

    #[test]
    fn what_is_no_context_is_none() {
        let nowhere = format!("00-{}-{}-01", "0".repeat(32), "0".repeat(16));
        for text in ["", "00", "00-xyz-b7ad6b7169203331-01", &PARENT[..52], nowhere.as_str()] {
            assert!(origin(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_tracestate_that_is_too_long_stays_behind() {
        let state = format!("a={}", "b".repeat(TRACE_STATE_BYTES_MAX));
        let context = origin(&format!("{PARENT} {state}")).unwrap();

        assert_eq!(written(&context), PARENT);
    }
}
