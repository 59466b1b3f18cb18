//! Every statement that the engine runs, by name. The text is a file in `sql/`.

/// One SQL statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! statements {
    ($($constant:ident = $file:literal;)*) => {
        $(pub(crate) const $constant: Statement = Statement {
            name: $file,
            text: include_str!(concat!("sql/", $file, ".sql")),
        };)*
    };
}

statements! {
    ANNOUNCE_RECURRING = "announce_recurring";
    ARM = "arm";
    ATTEMPTS_OF_KIND = "attempts_of_kind";
    BATCH_CALLBACKS = "batch_callbacks";
    BATCH_OF_JOB = "batch_of_job";
    BATCH_STEPS = "batch_steps";
    BEGIN_OPERATION = "begin_operation";
    BURY_WORKERS = "bury_workers";
    CANCEL = "cancel";
    CENSUS = "census";
    CHANGE_DEAD = "change_dead";
    CHANGE_JOBS = "change_jobs";
    CLAIM = "claim";
    CLAIM_OLDEST = "claim_oldest";
    CLAIM_UNTOLD = "claim_untold";
    CLAIM_UNDO = "claim_undo";
    CLOCK = "clock";
    CLOSE_BATCH = "close_batch";
    COMMAND_WORKER = "command_worker";
    COMPANY = "company";
    COMPLETE = "complete";
    COUNT_ERRORS = "count_errors";
    COUNT_RECOVERED = "count_recovered";
    COUNT_RUNNING = "count_running";
    DELETE_JOBS = "delete_jobs";
    DELETE_VIEW = "delete_view";
    DEPTHS = "depths";
    DIFFERING_RECURRING = "differing_recurring";
    DISARM = "disarm";
    DISCARD = "discard";
    DOCTOR_COURSE = "doctor_course";
    DOCTOR_HISTORY = "doctor_history";
    DOCTOR_KINDS = "doctor_kinds";
    DOCTOR_LATENCY = "doctor_latency";
    DOCTOR_LOG = "doctor_log";
    DOCTOR_PREPARED = "doctor_prepared";
    DOCTOR_QUEUES = "doctor_queues";
    DOCTOR_ROOM = "doctor_room";
    DOCTOR_SERVER = "doctor_server";
    DOCTOR_SLOTS = "doctor_slots";
    DOCTOR_STATEMENTS = "doctor_statements";
    DOCTOR_TABLES = "doctor_tables";
    DOCTOR_TRANSACTIONS = "doctor_transactions";
    DOCTOR_WORKERS = "doctor_workers";
    DROP_IMAGES = "drop_images";
    DROP_PARTITIONS = "drop_partitions";
    DUE_RECURRING = "due_recurring";
    ENDS_OF = "ends_of";
    END_WORKER = "end_worker";
    ENQUEUE = "enqueue";
    ENQUEUED_ALREADY = "enqueued_already";
    ENQUEUE_ALONE = "enqueue_alone";
    ENQUEUE_BATCH = "enqueue_batch";
    ENQUEUE_CHAIN = "enqueue_chain";
    ENQUEUE_DRAFT = "enqueue_draft";
    ENQUEUE_PUBLISHING = "enqueue_publishing";
    ENQUEUE_UNIQUE = "enqueue_unique";
    FAIL_OPERATION = "fail_operation";
    FIND_ERRORS = "find_errors";
    FIND_VIEW = "find_view";
    FINISH = "finish";
    FORGET_AUDIT = "forget_audit";
    FLUSH_ERRORS = "flush_errors";
    FLUSH_TALLY = "flush_tally";
    FORGET_DEPLOYS = "forget_deploys";
    FORGET_BATCHES = "forget_batches";
    FORGET_DEPENDENCIES = "forget_dependencies";
    FORGET_LOG = "forget_log";
    FORGET_OPERATIONS = "forget_operations";
    FORGET_STRAY_LOG = "forget_stray_log";
    FORGET_TALLIES = "forget_tallies";
    FORGET_TICKS = "forget_ticks";
    FORGET_TOLD = "forget_told";
    FORGET_UNTOLD = "forget_untold";
    FORGET_WORKERS = "forget_workers";
    GATE = "gate";
    HEARTBEAT = "heartbeat";
    HOLDER = "holder";
    HOLD_RECURRING = "hold_recurring";
    HURRY_JOBS = "hurry_jobs";
    IMAGES_PAGE = "images_page";
    INNER_BATCHES = "inner_batches";
    IS_BACKLOG_SMALL = "is_backlog_small";
    KEEP_TOLD = "keep_told";
    KINDS = "kinds";
    KINDS_OF_QUEUE = "kinds_of_queue";
    KEEP_IMAGES = "keep_images";
    JUDGE_ERRORS = "judge_errors";
    JUDGE_RECURRING = "judge_recurring";
    LANES = "lanes";
    LIMIT_QUEUE = "limit_queue";
    LIST_AUDIT = "list_audit";
    LIST_BATCHES = "list_batches";
    LIST_OPERATIONS = "list_operations";
    LIST_DEPLOYS = "list_deploys";
    LIST_ERRORS = "list_errors";
    LIST_KINDS = "list_kinds";
    LIST_QUEUES = "list_queues";
    LIST_RECURRING = "list_recurring";
    LIST_VIEWS = "list_views";
    LIST_WORKERS = "list_workers";
    LOCK_RECURRING = "lock_recurring";
    LOG_AFTER = "log_after";
    LOG_BEFORE = "log_before";
    LOOK = "look";
    MAKE_PARTITIONS = "make_partitions";
    MERGE_PENDING = "merge_pending";
    MERGING_IS_DUE = "merging_is_due";
    NEWEST_JOBS = "newest_jobs";
    NEXT_OPERATION = "next_operation";
    NOTE_AUDIT = "note_audit";
    NOTE_EVENT = "note_event";
    OPEN_BATCH = "open_batch";
    PAGE_OF_KINDS = "page_of_kinds";
    OPEN_LANES = "open_lanes";
    PARENT_RESULTS = "parent_results";
    PAUSE_QUEUE = "pause_queue";
    PAUSE_QUEUES = "pause_queues";
    POSTPONE = "postpone";
    POSTPONE_UNTOLD = "postpone_untold";
    PULSE = "pulse";
    QUEUE_ACTIVITY = "queue_activity";
    QUEUE_BEFORE = "queue_before";
    QUEUE_LIMITS = "queue_limits";
    QUEUES_THAT_MOVE = "queues_that_move";
    RECENT_RUNS = "recent_runs";
    RECLAIM = "reclaim";
    RECURRING_OF_JOB = "recurring_of_job";
    REGISTER_WORKER = "register_worker";
    RELEASE_TICKS = "release_ticks";
    REMOVE_RECURRING = "remove_recurring";
    REMOVE_WORKER = "remove_worker";
    RELATIONS = "relations";
    RENAME_VIEW = "rename_view";
    REQUEUE = "requeue";
    RESCUE = "rescue";
    RESTORE_CHANGED = "restore_changed";
    RESTORE_ENDED = "restore_ended";
    RESTORE_LIMIT = "restore_limit";
    RESTORE_QUEUES = "restore_queues";
    RESUME_QUEUE = "resume_queue";
    RESUME_QUEUES = "resume_queues";
    REVISION = "revision";
    REVOKED = "revoked";
    RUNNING_JOBS = "running_jobs";
    RUNNING_OF_HOUR = "running_of_hour";
    RING_SETTLERS = "ring_settlers";
    RUNS_OF_KIND = "runs_of_kind";
    RUN_RECURRING = "run_recurring";
    SAMPLE = "sample";
    SAMPLE_IS_DUE = "sample_is_due";
    SAVE_VIEW = "save_view";
    SERIES = "series";
    SERVER = "server";
    SETTLE_BATCHES = "settle_batches";
    SETTLE_FOLLOWERS = "settle_followers";
    SETTLE_IS_DUE = "settle_is_due";
    SETUPS_OF_KIND = "setups_of_kind";
    SHOW_JOB = "show_job";
    SHOW_OPERATION = "show_operation";
    STATES_OF = "states_of";
    STEP_OPERATION = "step_operation";
    STOP_OPERATION = "stop_operation";
    TAG_JOB = "tag_job";
    TAKE_TURNS = "take_turns";
    TICK = "tick";
    TICKS_OF = "ticks_of";
    WATCH = "watch";
    WRITE_LOG = "write_log";
    WRITE_PROGRESS = "write_progress";
    WRITE_RECURRING = "write_recurring";
}

#[cfg(feature = "metrics")]
statements! {
    GAUGE_QUEUES = "gauge_queues";
}

#[cfg(feature = "redis")]
statements! {
    NOTIFY_QUEUES = "notify_queues";
    REDIS_CHANNEL = "redis_channel";
}

#[cfg(feature = "testing")]
statements! {
    ADVANCE = "advance";
    JOBS_OF_KIND = "jobs_of_kind";
}
