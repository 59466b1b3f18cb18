//! Background jobs for Rust on the PostgreSQL you already have.
//!
//! Enqueue and schedule jobs, run them within a millisecond by `LISTEN/NOTIFY`, retry them with
//! growing back-off, prioritize queues, and see and steer everything. A job is its data; its
//! handler is a plain async function. Begin at [`TaskTower::builder`], or with the
//! [guide], which has a chapter for each subject, from the [quick start](guide::quick_start) to
//! [operating](guide::operating).
//!
//! What is promised: a job runs at least once; its recorded result is that of its latest run and of
//! no other; the jobs of a dead worker run again within 20 seconds (by default).
//!
//! | feature | what it adds | default |
//! |---|---|---|
//! | `tls` | TLS to PostgreSQL by rustls | yes |
//! | `toml` | options from a TOML file | yes |
//! | `embedded` | a private PostgreSQL from the machine's own binaries, for demos and tests | no |
//! | `testing` | the module `testing`, which helps to test your jobs; brings `embedded` | no |
//! | `redis` | announcements by Redis in place of NOTIFY | no |
//! | `systemd` | a worker tells systemd that it is ready, stops and lives; on Unix | no |
//! | `tokio-postgres-0_7` | enqueueing in a transaction of tokio-postgres | no |
//! | `sqlx-0_9` | enqueueing in a transaction of sqlx (from Rust 1.94) | no |
//! | `diesel-async-0_9` | enqueueing in a transaction of diesel-async | no |
//! | `sea-orm-2` | enqueueing in a transaction of SeaORM (from Rust 1.94) | no |
//! | `metrics` | what happens is counted and measured for your recorder: see [`telemetry`] | no |
//! | `otel` | spans of OpenTelemetry 0.33, and traces that travel with jobs: see [`telemetry`] | no |
//! | `tracing-subscriber-0_3` | what handlers log is kept with their job: `logs()`, a part of your subscriber | no |

// A library speaks by tracing, never to the terminal.
#![warn(clippy::print_stdout)]

mod client;
mod config;
mod console;
#[cfg(feature = "embedded")]
pub mod embedded;
mod error;
mod filter;
pub mod guide;
mod job;
mod migrate;
mod priority;
mod record;
mod recurrence;
mod recurring;
mod relay;
mod retry;
mod store;
#[cfg(all(feature = "systemd", unix))]
pub mod systemd;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
mod tower;
mod transaction;
mod worker;

pub use client::{
    Batch, Chain, Client, CloseBatch, CurrentBatch, EnqueueAll, Enqueued, IntoTags, OpenBatch, OrFind, ParentResult,
    ParentResults, Request,
};
pub use config::{KindOptions, Options, Retention};
pub use console::{
    ATTEMPTS_JOBS_MAX, ATTEMPTS_MAX, AUDIT_PAGE_MAX, Actor, AuditFilter, BATCHES_MAX, COUNT_MAX, Console, Count,
    DoctorLimits, Done, ERRORS_MAX, EVENTS_MAX, ErrorFilter, ErrorPage, ErrorStatus, Events, Health, JobDraft, JobEdit,
    KINDS_MAX, KindDetails, KindFilter, KindPage, KindSort, LATE_AFTER_MAX, LOGS_MAX, LateQueue, LogFilter, LogPage,
    Page, Preview, QueuesChanged, RECURRING_COUNTED_MAX, RECURRING_MAX, RELATIVES_MAX, RUNNING_JOBS_MAX,
    RecurringCounts, RecurringFilter, SEARCH_MAX, SELECTION_MAX, SUGGESTIONS_MAX, Searched, Suggestion, Suggestions,
    Tile, TowerEvent, VIEWS_MAX, Verdict, ViewDraft,
};
pub use error::{Error, Result};
pub use filter::{FilterError, FilterTerm, JobFilter, PAGE_MAX, TERM_BYTES_MAX, TERMS_MAX};
pub use job::{
    AroundInterceptor, Blocking, Completion, Contextualizer, EnqueueContext, EnqueueInterceptor, ErrorDetails,
    Extension, FromContext, Handler, Interceptor, InterceptorContext, IntoOutcome, Job, JobContext, JobError,
    KindConfig, MissingState, Next, Outcome, Output, PARAMETERS_BYTES_MAX, Payload, RESULT_BYTES_MAX, State, States,
    UNIQUE_KEY_BYTES_MAX, Unique, blocking,
};
pub use migrate::SCHEMA_VERSION;
pub use priority::QueuePrioritization;
pub use record::{
    Action, AttemptCount, AuditId, AuditRecord, Axis, BATCH_EDGES_MAX, BATCH_NAME_BYTES_MAX, BATCH_STEP_JOBS_MAX,
    BATCH_STEPS_MAX, BatchCallback, BatchEdge, BatchEvent, BatchId, BatchRecord, BatchStep, BatchSteps, CENSUS_MAX,
    CHAIN_MAX, Census, Check, Counts, Deploy, Depth, ErrorCounts, ErrorGroup, ErrorGroupDetails, Event, EventKind,
    Fact, Failure, HeatMap, JobId, JobRecord, JobState, KindRecord, KindRegistration, KindSetup, KindShare, LATE_AFTER,
    Level, LogCursor, LogLevel, LogLine, MISSED_RUNS_MAX, MissedRuns, NAME_BYTES_MAX, OpenTransaction, OperationId,
    OperationRecord, Overlap, PARENTS_MAX, ParentDeath, Percentiles, Point, Progress, Pulse, QueueActivity,
    QueueRecord, ReadOnly, Readiness, RecurringDetails, RecurringRecord, Relations, Relative, Report, RunRecord,
    RunningJob, SavedView, Sentence, Series, Server, StartLatency, StatementRecord, StepOf, TAGS_MAX, TICKS_SHOWN,
    TableRecord, TickOutcome, TickRecord, Transition, Trouble, UNSERVED_MAX, UniqueSetup, Unserved, ViewId, Window,
    WorkerCommand, WorkerId, WorkerReadiness, WorkerRecord,
};
pub use recurrence::{ClockChange, EXPRESSION_BYTES_MAX, Occurrence, Recurrence, RecurrenceError};
pub use recurring::{JITTER_MAX, RecurringDraft, RecurringJob};
pub use retry::{RETRY_DELAY_MAX, RetryPolicy};
pub use tower::{TaskTower, TowerBuilder};
pub use transaction::Transaction;
pub use worker::RunningTower;
#[cfg(feature = "tracing-subscriber-0_3")]
pub use worker::{Logs, logs};
