//! The layer that a program adds to its subscriber: it finds the run that a line is of, and gives the line to its log.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::sync::Arc;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::logbook::{self, RunLog};
use crate::job::Bounded;
use crate::record::LogLevel;

/// The most bytes of a line: of its message and of its fields.
const LINE_BYTES_MAX: usize = 4 * 1024;
/// The most bytes of the fields of the spans around a line, and of those of one span.
const SPANS_BYTES_MAX: usize = 1024;
/// The most bytes of the name of where it was logged.
const TARGET_BYTES_MAX: usize = 200;

/// A part of the program's subscriber which keeps what handlers log with their jobs. Made by [`logs`].
#[derive(Debug)]
pub struct Logs(());

/// Keeps what handlers log with their jobs: a part of the program's subscriber.
///
/// ```no_run
/// use tracing_subscriber::layer::SubscriberExt;
/// use tracing_subscriber::util::SubscriberInitExt;
///
/// tracing_subscriber::registry()
///     .with(tracing_subscriber::fmt::layer())
///     .with(task_tower::logs())
///     .init();
/// ```
///
/// Whatever is logged in a run, by the handler itself, by what it calls, and by tasks that it spawns within its span, is kept as
/// lines of that run, from [`Options::log_level`](crate::Options::log_level) on, by default `info`. The dashboard shows them on
/// the page of the job, and [`Console::logs`](crate::Console::logs) tells them. They go when the job goes.
///
/// Behind the fields of a line stand those of the spans that it is in within the run, the innermost first:
/// `#[instrument(fields(order = 7))]` puts `order=7` on every line of the function.
///
/// A run keeps its first 1,000 lines, and one more that says how many there were beyond; of a line, 4 KiB, and 1 KiB of the fields
/// of its spans. Lines wait in memory,
/// up to 10,000 of them in a worker, and are written about once a second: no handler ever waits for that. What comes while the
/// database is away and the memory is full is dropped and counted. A worker that is killed loses what it has not written.
///
/// A filter above it, such as a `LevelFilter` of the whole subscriber, decides first; one for this layer alone is
/// `task_tower::logs().with_filter(…)`.
#[must_use = "it does nothing until it is a part of the subscriber"]
pub fn logs() -> Logs {
    logbook::listen();
    Logs(())
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Logs {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(log) = logbook::beginning() {
            span.extensions_mut().replace(log);
            return;
        }
        if !attributes.fields().is_empty() && run_of(span.scope()).is_some() {
            let mut fields = Fields(Bounded::up_to(SPANS_BYTES_MAX));
            attributes.record(&mut fields);
            span.extensions_mut().replace(fields);
        }
    }

    /// What a span is told later.
    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(log) = context.event_scope(event).and_then(run_of) else { return };
        let level = level(event.metadata().level());
        if log.wants(level) {
            let mut line = Line::of(event);
            context.event_scope(event).into_iter().for_each(|scope| line.within(scope));
            let (target, message) = line.finish();
            log.add(level, target, message);
        }
    }
}

/// The log of the innermost run among these spans.
fn run_of<'a, S: Subscriber + LookupSpan<'a>>(mut scope: Scope<'a, S>) -> Option<Arc<RunLog>> {
    scope.find_map(|span| span.extensions().get::<Arc<RunLog>>().cloned())
}

fn level(level: &Level) -> LogLevel {
    match *level {
        Level::TRACE => LogLevel::Trace,
        Level::DEBUG => LogLevel::Debug,
        Level::INFO => LogLevel::Info,
        Level::WARN => LogLevel::Warn,
        Level::ERROR => LogLevel::Error,
    }
}

/// A line while it is put together.
struct Line {
    target: Cow<'static, str>,
    message: Bounded,
    fields: Fields,
    /// The fields of the spans around it.
    spans: Bounded,
}

/// Fields as they stand behind a message, each with a blank before it.
struct Fields(Bounded);

impl Line {
    fn of(event: &Event<'_>) -> Self {
        let mut line = Self {
            target: Cow::Borrowed(event.metadata().target()),
            message: Bounded::up_to(LINE_BYTES_MAX),
            fields: Fields(Bounded::up_to(LINE_BYTES_MAX)),
            spans: Bounded::up_to(SPANS_BYTES_MAX),
        };
        event.record(&mut line);
        line
    }

    /// Adds the fields of the spans up to that of the run, which the page of the job tells anyway.
    fn within<'a, S: Subscriber + LookupSpan<'a>>(&mut self, scope: Scope<'a, S>) {
        for span in scope {
            let known = span.extensions();
            let fields = known.get::<Fields>().map_or("", |fields| fields.0.as_str());
            if known.get::<Arc<RunLog>>().is_some() || self.spans.write_str(fields).is_err() {
                break;
            }
        }
    }

    /// The target and the text: the message first, wherever it stands among the fields.
    fn finish(mut self) -> (Cow<'static, str>, String) {
        let is_bare = self.message.is_empty();
        let _ = self.message.write_str(&self.fields.0.finish());
        let text = self.message.finish() + &self.spans.finish();
        (self.target, if is_bare { text.trim_start().to_owned() } else { text })
    }

    fn put(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        match field.name() {
            "message" => drop(self.message.write_fmt(value)),
            // What came by the crate `log` tells its place in fields.
            "log.target" => self.target = Cow::Owned(bounded(TARGET_BYTES_MAX, value)),
            name if name.starts_with("log.") => {}
            name => self.fields.put(name, value),
        }
    }
}

impl Fields {
    fn put(&mut self, name: &str, value: fmt::Arguments<'_>) {
        let _ = write!(self.0, " {}={value}", name.trim_start_matches("r#"));
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" | "log.target" => self.put(field, format_args!("{value}")),
            _ => self.put(field, format_args!("{value:?}")),
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, format_args!("{value}"));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), format_args!("{value:?}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field.name(), format_args!("{value}"));
    }
}

fn bounded(bytes_max: usize, value: fmt::Arguments<'_>) -> String {
    let mut text = Bounded::up_to(bytes_max);
    let _ = text.write_fmt(value);
    text.finish()
}
