//! The only floor that talks to PostgreSQL. Each function runs one statement from `sql/` and turns
//! rows into types; it decides nothing.

mod address;
#[cfg(feature = "redis")]
mod announcements;
mod audits;
mod backoff;
mod batches;
mod call;
mod changes;
mod claims;
pub(crate) mod cures;
mod desk;
mod dotnet;
mod errors;
mod fault;
mod followers;
mod health;
mod inbox;
mod inserts;
mod kinds;
mod link;
mod logs;
mod maintenance;
mod operations;
mod outage;
mod questions;
mod queues;
mod readers;
mod recurring;
mod schema;
pub(crate) mod search;
mod statement;
mod statistics;
mod steps;
mod tallies;
#[cfg(feature = "testing")]
mod testing;
mod ticks;
#[cfg(feature = "tls")]
mod tls;
mod untold;
mod views;
mod watch;
mod workers;

pub(crate) use address::Address;
#[cfg(feature = "redis")]
pub(crate) use announcements::{notify_queues, redis_channel};
pub(crate) use audits::{AuditCriteria, NewAudit, forget_audit, list_audit, note_audit};
pub(crate) use backoff::Backoff;
pub(crate) use batches::{
    Entry, NewBatch, batch_callbacks, batch_of_job, forget_batches, list_batches, open_parameters, settle_batches,
    settling_is_due, show_batch,
};
pub(crate) use call::{Call, Parameter, call, complete_call};
pub(crate) use changes::{JobChange, NewDraft, act, change_dead, change_jobs, enqueue_draft, revision};
pub(crate) use claims::{
    Claimed, Ending, Look, PlacedLane, Postponement, Written, claim, complete, finish, lanes, look, open_lanes,
    postpone,
};
pub(crate) use desk::{Change, Desk};
pub(crate) use errors::{
    ErrorCriteria, FoundErrors, Judgement, count_errors, count_recovered, find_errors, judge_errors, list_errors,
};
#[cfg(any(feature = "diesel-async-0_9", feature = "sea-orm-2", feature = "sqlx-0_9"))]
pub(crate) use fault::{Answer, from_answer};
pub(crate) use fault::{Remedy, from_statement};
pub(crate) use followers::{
    ParentOutcome, chain_parameters, forget_dependencies, insert_chain, parent_results, read_chain, relations,
    settle_followers,
};
pub(crate) use health::{
    HistoryFacts, IdleSlot, RoomFacts, ServerFacts, WorkerFacts, history_facts, idle_slots, kinds_without_worker,
    log_bytes, open_transaction, prepared_transaction, queues_without_worker, room_facts, server_facts,
    slowest_statements, start_waits, table_facts, transaction_course, worker_facts,
};
pub(crate) use inserts::{
    ANSWER_AGE_MAX, Awake, Due, Heard, NewJob, UniqueKey, arrived, enqueue_call, insert, insert_alone,
    insert_publishing, insert_singly, insert_through, take_turns,
};
pub(crate) use kinds::{KindCriteria, attempts_of_kind, kinds, page_of_kinds, setups_of_kind};
pub(crate) use link::{Keep, Link, Purpose, Session};
pub(crate) use logs::{
    LogCriteria, NewLine, NewProgress, forget_log, forget_stray_log, list_log, write_log, write_progress,
};
pub(crate) use maintenance::{
    drop_partitions, forget_deploys, forget_tallies, forget_workers, is_backlog_small, make_partitions, merge_pending,
    merging_is_due,
};
pub(crate) use operations::{
    NewOperation, OpenOperation, Step, begin_operation, claim_undo, drop_images, fail_operation, forget_operations,
    images_page, keep_images, list_operations, next_operation, restore, show_operation, states_of, step_operation,
    stop_operation,
};
pub(crate) use outage::Outage;
pub(crate) use questions::*;
#[cfg(feature = "metrics")]
pub(crate) use queues::gauge_queues;
pub(crate) use queues::{
    QueueChange, QueueFlow, census, count_running, kinds_of_queue, limit_queue, pause_queue, pause_queues,
    queue_before, queue_flows, restore_limit, restore_queues, resume_queue, resume_queues, running_of_hour,
};
pub(crate) use readers::Readers;
pub(crate) use recurring::{
    DueRecurring, HeldRecurring, NewTick, RecurringCriteria, RecurringRow, announce_recurring, coming_recurring,
    differing_recurring, forget_ticks, hold_recurring, list_recurring, lock_recurring, recurring_of_job, release_ticks,
    remove_recurring, run_recurring, tick, write_recurring,
};
pub(crate) use schema::Schema;
pub(crate) use statement::{CLOSE_BATCH, ENQUEUE_CHAIN, OPEN_BATCH, Statement};
pub(crate) use statistics::{deploys, depths, recent_runs, tallied};
pub(crate) use steps::{batch_steps, inner_batches};
pub(crate) use tallies::{Occurrences, Program, RunCounts, TallyBatch, flush_tally, sample, sample_is_due};
#[cfg(feature = "testing")]
pub(crate) use testing::{advance, drop_schema, jobs_of_kind};
pub(crate) use ticks::{judge_recurring, ticks_of};
pub(crate) use untold::{Untold, claim_untold, forget_told, forget_untold, keep_told, note_event, postpone_untold};
pub(crate) use views::{NewView, delete_view, find_view, list_views, rename_view, save_view};
pub(crate) use watch::{Watched, WatchedRun, WatchedWorker, queues_that_move, watch};
pub(crate) use workers::{
    Beat, Registration, Rescued, arm, bury_workers, command_worker, company, disarm, end_worker, gate, heartbeat,
    reclaim, register_worker, remove_worker, rescue, revoked,
};
