//! What the tables hold, as types: ids, states, one row of a job and of a worker. No rules, no
//! database.

mod audit;
mod batch;
mod census;
mod error_group;
mod histogram;
mod id;
mod job;
mod kind;
mod log;
mod name;
mod operation;
mod pattern;
mod progress;
mod pulse;
mod queue;
mod recurring;
mod relation;
mod report;
mod run;
mod series;
mod server;
mod state;
mod step;
mod trouble;
mod view;
mod vitals;
mod worker;

pub use audit::{AuditId, AuditRecord};
pub use batch::{BATCH_NAME_BYTES_MAX, BatchCallback, BatchEvent, BatchRecord};
pub use census::{CENSUS_MAX, Census};
pub use error_group::{ErrorCounts, ErrorGroup, ErrorGroupDetails};
pub use histogram::Percentiles;
pub use id::{BatchId, JobId, WorkerId};
pub use job::{Event, EventKind, Failure, JobRecord, Transition};
pub use kind::{AttemptCount, KindRecord, KindRegistration, KindSetup, UniqueSetup};
pub use log::{LogCursor, LogLevel, LogLine};
pub use name::{NAME_BYTES_MAX, TAGS_MAX};
pub use operation::{Action, OperationId, OperationRecord};
pub use progress::Progress;
pub use pulse::Pulse;
pub use queue::{KindShare, LATE_AFTER, QueueActivity, QueueRecord};
pub use recurring::{
    MISSED_RUNS_MAX, MissedRuns, Overlap, RecurringDetails, RecurringRecord, TICKS_SHOWN, TickOutcome, TickRecord,
};
pub use relation::{CHAIN_MAX, PARENTS_MAX, ParentDeath, Relations, Relative};
pub use report::{
    Check, Fact, Level, OpenTransaction, Report, Sentence, StartLatency, StatementRecord, TableRecord, UNSERVED_MAX,
    Unserved,
};
pub use run::RunRecord;
pub use series::{Axis, Counts, Deploy, Depth, HeatMap, Point, Series, Window};
pub use server::{ReadOnly, Server};
pub use state::JobState;
pub use step::{BATCH_EDGES_MAX, BATCH_STEP_JOBS_MAX, BATCH_STEPS_MAX, BatchEdge, BatchStep, BatchSteps, StepOf};
pub use trouble::Trouble;
pub use view::{SavedView, ViewId};
pub use vitals::{Readiness, WorkerReadiness};
pub use worker::{RunningJob, WorkerCommand, WorkerRecord};

pub(crate) use error_group::Likeness;
pub(crate) use histogram::{Histogram, duration_class};
pub(crate) use name::{check_kind, check_queue, check_recurring, check_tags};
pub(crate) use series::Tallied;
pub(crate) use trouble::TroubleKey;
pub(crate) use vitals::{Probe, Vitals};
