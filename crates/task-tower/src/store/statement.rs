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
    ARM = "arm";
    BURY_WORKERS = "bury_workers";
    CANCEL = "cancel";
    CLAIM = "claim";
    CLAIM_DEATHS = "claim_deaths";
    CLAIM_OLDEST = "claim_oldest";
    COMPLETE = "complete";
    COUNT_JOBS = "count_jobs";
    DEATH_TOLD = "death_told";
    DELETE_JOBS = "delete_jobs";
    DISCARD = "discard";
    DISARM = "disarm";
    DROP_PARTITIONS = "drop_partitions";
    END_WORKER = "end_worker";
    ENQUEUE = "enqueue";
    ENQUEUED_ALREADY = "enqueued_already";
    ENQUEUE_UNIQUE = "enqueue_unique";
    FINISH = "finish";
    FORGET_DEATH = "forget_death";
    FORGET_DEATHS = "forget_deaths";
    FORGET_WORKERS = "forget_workers";
    GATE = "gate";
    HEARTBEAT = "heartbeat";
    HOLDER = "holder";
    LANES = "lanes";
    LIST_JOBS = "list_jobs";
    LIST_QUEUES = "list_queues";
    LIST_WORKERS = "list_workers";
    LOOK = "look";
    MAKE_PARTITIONS = "make_partitions";
    NOTE_EVENT = "note_event";
    PAUSE_QUEUE = "pause_queue";
    POSTPONE = "postpone";
    POSTPONE_DEATH = "postpone_death";
    RECLAIM = "reclaim";
    REGISTER_WORKER = "register_worker";
    REQUEUE = "requeue";
    RESCUE = "rescue";
    RESUME_QUEUE = "resume_queue";
    REVOKED = "revoked";
    SHOW_JOB = "show_job";
    TAG_JOB = "tag_job";
    TAKE_TURNS = "take_turns";
}

#[cfg(feature = "testing")]
statements! {
    ADVANCE = "advance";
    CLOCK = "clock";
    JOBS_OF_KIND = "jobs_of_kind";
}
