//! The statements that are run for each job, each claim, each sleep and each heartbeat, or several times a minute by
//! every worker; and those that a page asks all the time.

use super::explain::Purpose::{self, Enqueue, Examine, Foreign, Read, Unique, Work};

#[derive(Clone, Copy, Debug)]
pub struct Hot {
    pub name: &'static str,
    pub sql: &'static str,
    /// The connection on which it is run.
    pub on: Purpose,
    /// Values of the calls that it is tried with, see `Ground::fill_in`.
    pub calls: &'static [&'static str],
    /// The indexes of large tables that it may use.
    pub indexes: &'static [&'static str],
    /// The most entries of one index that it may read, and the most rows that it may sort.
    pub most: u64,
    /// Why it may read a whole table, if it may.
    pub reads_all: Option<&'static str>,
}

macro_rules! hot {
    ($($name:ident on $on:ident, $most:literal of [$($index:ident),*] $(, all: $reason:literal)?; $($call:literal)*)*) => {
        &[$(Hot {
            name: stringify!($name),
            sql: include_str!(concat!("../../../src/store/sql/", stringify!($name), ".sql")),
            on: $on,
            calls: &[$($call),*],
            indexes: &[$(stringify!($index)),*],
            most: $most,
            reads_all: [$(Some($reason),)? None][0],
        }),*]
    };
}

// Calls are for 64 jobs. A claim reads as many entries, and those of the ninety runs that stand before them where it has no
// bound; of many lanes it reads on until it has enough. Statements that take ids look each up once in each of their parts.
// All limits leave room for what calls that were taken back have left behind, and for a look of the planner.
pub const HOT: &[Hot] = hot! {
    // Jobs come.
    enqueue on Enqueue, 0 of [];
        "{new}, <all probe>, <all default>, <all 0>, <all 10>, <all null>, <all \"\">, <all \"{}\">, <all null>, <all null>, <all 0>, <all 0>, <all null>"
    enqueue_alone on Enqueue, 0 of [];
        "gen_random_uuid(), 'probe', 'default', '0', 10, null, '{}', '{}', null, null, 0, 0, null, 0, false"
        "gen_random_uuid(), 'probe', 'default', '0', 10, null, '{urgent}', '{}', '{}', now(), 1, 1000, 'trace', (extract(epoch FROM now()) * 1000000)::bigint, true"
    enqueue_publishing on Enqueue, 0 of [];
        "array[gen_random_uuid()], '{probe}', '{default}', '{0}', '{10}', '{null}', array[''], array['{}'], '{null}', '{null}', '{0}', '{0}', '{null}'"
    enqueue_one on Foreign, 20 of [job_unique];
        "'probe', '{}', 'default', null, null, 0, 10, '', null, null, gen_random_uuid(), 1048576, null, null, null, null, null, '', 'cancel'"
        "'probe', '{}', 'default', null, null, 0, 10, '', null, null, gen_random_uuid(), 1048576, 'key-5', null, null, null, null, '', 'cancel'"
        "'probe', '{}', 'default', null, null, 0, 10, '', null, null, gen_random_uuid(), 1048576, null, '[]', null, null, null, '', 'cancel'"
    enqueue_unique on Unique, 200 of [job_unique, batch_pkey];
        "{new}, <all probe>, <all default>, <all 0>, <all 10>, <all null>, <all \"\">, <all \"{}\">, <all null>, <all null>, <all 0>, <all 0>, <all null>, 'key-5', null, null, null, '{}', 'cancel'"
        "{new}, <all probe>, <all default>, <all 0>, <all 10>, <all null>, <all \"\">, <all \"{}\">, <all null>, <all null>, <all 0>, <all 0>, <all null>, null, '{}', null, null, '{}', 'cancel'"
        "{new}, <all probe>, <all default>, <all 0>, <all 10>, <all null>, <all \"\">, <all \"{}\">, <all null>, <all null>, <all 0>, <all 0>, <all null>, null, null, {batch}, null, '{}', 'cancel'"
    enqueue_batch on Enqueue, 20 of [batch_pkey];
        "{new}, <all probe>, <all default>, <all 0>, <all 10>, <all null>, <all \"\">, <all \"{}\">, <all null>, <all null>, <all 0>, <all 0>, <all null>, {batch}, null"
    batch_of_job on Enqueue, 20 of [job_pkey, batch_callback_job];
        "{id}"
    open_batch on Unique, 20 of [batch_pkey];
        "'a name', null, null, null, {batch}, null, gen_random_uuid()"
    close_batch on Unique, 20 of [batch_pkey];
        "{batch}"
    enqueue_chain on Unique, 20 of [job_pkey];
        "'[{\"kind\": \"probe\"}, {\"kind\": \"probe\"}]', null, null"
    parent_results on Enqueue, 20 of [dependency_pkey, history_id];
        "{id}"
    enqueued_already on Enqueue, 100 of [job_pkey, history_id];
        "{ids}"
        "{ended}"
    take_turns on Enqueue, 0 of [];
        "'probe'"
    tag_job on Foreign, 20 of [job_pkey, history_id];
        "{id}, '{urgent}'"

    // Jobs run.
    claim on Work, 300 of [job_claim];
        "'{64}', '{1}', '{default}', '{0}', '{-infinity}', '{probe}', 64, {worker}"
        "'{64}', '{1}', '{default}', '{0}', array[{bound}::timestamptz], '{probe}', 64, {worker}"
        "'{1}', '{1}', '{default}', '{0}', '{-infinity}', '{probe}', 1, {worker}"
        "'{48,16}', '{1,1,2,2}', '{default,default,queue-1,queue-3}', '{1,0,1,0}', '{-infinity,-infinity,-infinity,-infinity}', {kinds}, 64, {worker}"
        "'{48,16}', '{1,1,2,2}', '{default,default,queue-1,queue-3}', '{1,0,1,0}', '{-infinity,-infinity,-infinity,-infinity}', '{probe,other}', 64, {worker}"
        "'{64}', <all 1>, {lanes}, <all 0>, <all -infinity>, '{probe}', 64, {worker}"
    claim_oldest on Work, 1000 of [job_claim];
        "64, '{0}', '{default}', '{0}', '{-infinity}', '{probe}', {worker}"
        "64, '{0,0,1,1}', '{default,queue-1,default,queue-3}', '{1,1,0,0}', '{-infinity,-infinity,-infinity,-infinity}', '{probe}', {worker}"
        "64, <all 0>, {lanes}, <all 0>, <all -infinity>, '{probe}', {worker}"
    complete on Work, 100 of [job_pkey];
        "{ids}, {leases}"
    complete_one on Foreign, 20 of [job_pkey];
        "{id}, 1, null"
    postpone on Work, 256 of [job_pkey];
        "{ids}, {leases}, <all 1000>, <all true>, <all false>, <all \"[]\">, <all group>"
        "{ids}, {leases}, <all 0>, <all false>, <all true>, <all \"[]\">, <all null>"
    finish on Work, 100 of [job_pkey];
        "{ids}, {leases}, <all 4>, <all true>, <all reason>, <all \"[]\">, <all null>, <all group>"
    note_event on Work, 20 of [job_pkey, history_id];
        "{id}, '{\"event\": \"told\"}'"
    show_job on Work, 20 of [job_pkey, history_id, progress_pkey, dependency_pkey];
        "{id}"
    write_log on Work, 64 of [log_pkey];
        "{new}, <all 1>, {numbers}, <all 1>, <all now>, <all 3>, <all target>, <all message>, <all 1>"
    write_progress on Work, 64 of [progress_pkey];
        "{new}, <all 1>, <all 1>, <all 1>, <all 2>, <all text>, <all 1>"

    // A worker sleeps, and wakes.
    look on Work, 500 of [job_claim];
        "'{default}', '{0}', '{-infinity}'"
        "'{default}', '{0}', array[{bound}::timestamptz]"
        "'{later}', '{0}', '{-infinity}'"
        "{lanes}, <all 0>, <all -infinity>"
    arm on Work, 0 of [];
        "'{default,queue-1}', {worker}, false"
        "'{default,queue-1}', {worker}, true"
    disarm on Work, 0 of [];
        "{worker}"
    company on Work, 0 of [];
        "'{}'"
        "'{default}'"
    gate on Work, 0 of [];
        ""
    lanes on Work, 0 of [];
        ""
    open_lanes on Work, 1500 of [job_claim];
        "1000"

    // A worker lives, and others may not.
    register_worker on Work, 0 of [];
        "'here', 1, '1', 20, '{probe}', '{null}', '{}', '{}', 60000, null, null, 'none', '{}', '{}', '{}', '{}', '{null}'"
    heartbeat on Work, 0 of [];
        "{worker}, 1, {ids}, now(), null, 14680064, true"
    revoked on Work, 100 of [job_pkey, history_id];
        "{ids}, {leases}"
        "{ended}, {ended_leases}"
    bury_workers on Work, 0 of [];
        ""
    is_backlog_small on Work, 0 of [];
        ""
    merging_is_due on Work, 100 of [tally_at, tally_pkey];
        "{worker}, 30, false"
        "{worker}, 600, true"
    end_worker on Work, 0 of [];
        "{worker}"
    reclaim on Work, 64 of [job_pkey, job_claim],
        all: "there is no index for it, and it is asked only after a connection was lost in the middle of a claim";
        "{worker}, {ids}"
    rescue on Work, 64 of [job_pkey],
        all: "there is no index for it; once a minute, on a connection of its own unless the table is small, and when a worker died";
        "3"

    // Batches are added up.
    settle_is_due on Work, 20 of [batch_delta_batch, parent_event_pkey];
        ""
    settle_batches on Work, 1000 of [batch_pkey, batch_delta_batch, batch_callback_pkey];
        "64"

    settle_followers on Work, 1000 of [job_pkey, parent_event_pkey, dependency_parent, dependency_pkey, awaiting_pkey];
        "64"

    // Deaths, cancellations and requeues are told.
    claim_untold on Work, 128 of [untold_due];
        "{worker}, '{death:probe}', 8, '{}'"
        "{worker}, '{death:probe}', 8, {numbers}"
    keep_told on Work, 20 of [untold_pkey];
        "{untold}, 0, '{interceptor}'"
    postpone_untold on Work, 20 of [untold_pkey];
        "{untold}, 0, 1000"
    forget_told on Work, 20 of [untold_pkey];
        "{untold}, 0"

    // Times of recurring jobs come.
    due_recurring on Work, 60 of [recurring_next, tick_queued];
        ""
    tick on Work, 220 of [recurring_pkey, recurring_next, tick_pkey, tick_ran, tick_queued, tick_job, job_pkey];
        "'recurring-11', 1, {next_at}, now(), {times}, <all enqueued>, {new}, {times}, <all 0>"
        "'recurring-1', 1, now(), now(), '{now}', '{enqueued}', array[gen_random_uuid()], '{now}', '{0}'"
    release_ticks on Work, 220 of [recurring_pkey, tick_pkey, tick_ran, tick_queued, tick_job, job_pkey];
        ""
    // Somebody listens to what goes wrong.
    watch on Read, 200 of [job_pkey];
        "60000, 0.5"

    // Runs are counted. A sample counts up to 10,001 due jobs of each queue, and as many that are not.
    flush_tally on Work, 128 of [tally_pkey];
        "{worker}, 1, <all kind>, {words}, <all 1>, <all 0>, <all 0>, <all 0>, <all \"{1}\">, <all \"{1}\">"
    flush_errors on Work, 128 of [error_group_pkey, error_tally_pkey];
        "{worker}, 1, {words}, <all probe>, <all Failure>, <all \"It failed.\">, <all 1>, <all 1>, {new}, <all default>, <all null>"
    sample_is_due on Work, 20 of [depth_pkey];
        ""
    sample on Work, 250_000 of [job_pkey, job_claim, job_error_group, history_id, depth_pkey];
        ""
    gauge_queues on Work, 500 of [job_claim, depth_pkey];
        "200"

    // What pages ask all the time, and the doctor.
    pulse on Read, 20 of [job_pkey, job_claim, history_id, audit_pkey];
        ""
    count_running on Read, 100 of [job_pkey];
        ""
    ticks_of on Read, 400 of [tick_pkey, job_pkey];
        "'{recurring-1,recurring-11,recurring-21}', 20"
    judge_recurring on Read, 30_000 of [recurring_pkey, tick_pkey, tick_ran, job_pkey];
        "null, null, null, null, null, 1000"
    ends_of on Read, 64 of [history_id];
        "{ended}, <all -infinity>, '-infinity'"
        "{ended}, <all 2000-01-01>, now() - interval '1 day'"
    // An open page of a batch asks whenever it changes. Each end of it is read once, in either table.
    batch_steps on Read, 1_000 of [job_batch, history_batch, job_pkey, history_id, dependency_pkey];
        "{full_batch}, 200, 51, 20, 1000, 100"
    doctor_kinds on Examine, 20_000 of [job_claim];
        "1000"
    doctor_queues on Examine, 20_000 of [job_claim];
        "1000"
};
