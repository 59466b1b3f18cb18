-- The whole tower: live jobs in one hot table, finished ones in a history partitioned by state and
-- day, and beside them who works, who sleeps, and which queues are paused.

CREATE TABLE task_tower.job (
    id               uuid        PRIMARY KEY,
    run_at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Not null from the start: a claim must not make the row longer, or it leaves its page.
    attempted_at     timestamptz NOT NULL DEFAULT now(),
    worker_id        bigint      NOT NULL DEFAULT 0,
    lease            bigint      NOT NULL DEFAULT 0,
    attempt          integer     NOT NULL DEFAULT 0,
    failures         integer     NOT NULL DEFAULT 0,
    crashes          integer     NOT NULL DEFAULT 0,
    max_retries      integer     NOT NULL DEFAULT 10,
    priority         smallint    NOT NULL DEFAULT 0,
    state            smallint    NOT NULL DEFAULT 0,
    retrying         boolean     NOT NULL DEFAULT false,
    cancel_requested boolean     NOT NULL DEFAULT false,
    kind             text        NOT NULL,
    queue            text        NOT NULL DEFAULT 'default',
    tags             text[]      NOT NULL DEFAULT '{}',
    payload          jsonb       NOT NULL DEFAULT '{}',
    context          jsonb,
    unique_key       text,
    timeout_ms       bigint,
    crashed_at       timestamptz,
    events           jsonb,
    error_group      text,
    trace_context    text,
    batch_id         uuid,
    followed         boolean,
    CONSTRAINT job_state CHECK (state IN (0, 1))
) WITH (
    -- A claim takes whole pages of jobs; at 50 each page has room for the new versions of its
    -- rows, so that the claim touches no index. From 60 on it does not fit (measured).
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);

-- The claim reads this index and changes nothing in it. Never index state, worker_id, lease or
-- attempt, nor name them in a predicate: every claim would then write to that index, and the
-- planner would be tempted to find running jobs by it.
CREATE INDEX job_claim ON task_tower.job (queue, priority, run_at);

-- No claim changes these, so it stays out of the way of those; jobs without a key are not in it.
CREATE UNIQUE INDEX job_unique ON task_tower.job (kind, unique_key) WHERE unique_key IS NOT NULL;

-- No claim changes these either; most jobs never fail, and are not in it.
CREATE INDEX job_error_group ON task_tower.job (error_group, id) WHERE error_group IS NOT NULL;
CREATE INDEX job_batch ON task_tower.job (batch_id, id) WHERE batch_id IS NOT NULL;

COMMENT ON TABLE  task_tower.job IS 'Live jobs: waiting or running. A finished job moves to history.';
COMMENT ON COLUMN task_tower.job.id IS 'UUID v7, made by whoever enqueues.';
COMMENT ON COLUMN task_tower.job.run_at IS 'The job runs at this time or later. In the future: scheduled, or waiting for its retry. Infinity: it awaits other jobs.';
COMMENT ON COLUMN task_tower.job.created_at IS 'When it was enqueued or scheduled.';
COMMENT ON COLUMN task_tower.job.attempted_at IS 'When the latest run began; meaningless while attempt is 0.';
COMMENT ON COLUMN task_tower.job.worker_id IS 'The worker of the latest run; 0 before the first.';
COMMENT ON COLUMN task_tower.job.lease IS 'Fencing number: grows whenever the job changes hands. Whoever writes about a run must name the lease of that run.';
COMMENT ON COLUMN task_tower.job.attempt IS 'Number of runs, counted when they are claimed.';
COMMENT ON COLUMN task_tower.job.failures IS 'Number of runs that failed.';
COMMENT ON COLUMN task_tower.job.crashes IS 'Number of runs whose worker died, within the last 72 hours before the latest of them.';
COMMENT ON COLUMN task_tower.job.max_retries IS 'The job dies when failures exceeds this.';
COMMENT ON COLUMN task_tower.job.priority IS 'Higher runs first within a queue.';
COMMENT ON COLUMN task_tower.job.state IS '0 waiting, 1 processing.';
COMMENT ON COLUMN task_tower.job.retrying IS 'It waits because its latest run failed.';
COMMENT ON COLUMN task_tower.job.cancel_requested IS 'It runs and was asked to stop.';
COMMENT ON COLUMN task_tower.job.kind IS 'The name under which a handler is registered.';
COMMENT ON COLUMN task_tower.job.queue IS 'The queue it waits in.';
COMMENT ON COLUMN task_tower.job.tags IS 'Words to find it by.';
COMMENT ON COLUMN task_tower.job.payload IS 'Its data.';
COMMENT ON COLUMN task_tower.job.context IS 'Parameters for interceptors, stored by contextualizers.';
COMMENT ON COLUMN task_tower.job.unique_key IS 'No two live jobs of a kind have the same; * for one of the kind at a time; null for most jobs.';
COMMENT ON COLUMN task_tower.job.timeout_ms IS 'The longest one run may take; null for the default of its kind.';
COMMENT ON COLUMN task_tower.job.crashed_at IS 'When a worker last died while running it.';
COMMENT ON COLUMN task_tower.job.events IS 'What happened beside the plain course: failures, rescues, requeues. Null for most jobs.';
COMMENT ON COLUMN task_tower.job.error_group IS 'The fingerprint of its latest failure, see error_group; null when it never failed.';
COMMENT ON COLUMN task_tower.job.trace_context IS 'The trace that it was enqueued in, as the W3C has it: traceparent, and after a blank tracestate, if there is one. Null for most jobs.';
COMMENT ON COLUMN task_tower.job.batch_id IS 'The batch it is a member of; null for most jobs.';
COMMENT ON COLUMN task_tower.job.followed IS 'Whether jobs await its end, or did; null for most jobs.';

CREATE TABLE task_tower.history (
    id               uuid        NOT NULL,
    run_at           timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    attempted_at     timestamptz NOT NULL,
    finished_at      timestamptz NOT NULL,
    worker_id        bigint      NOT NULL,
    lease            bigint      NOT NULL,
    attempt          integer     NOT NULL,
    failures         integer     NOT NULL,
    crashes          integer     NOT NULL,
    max_retries      integer     NOT NULL,
    priority         smallint    NOT NULL,
    state            smallint    NOT NULL,
    kind             text        NOT NULL,
    queue            text        NOT NULL,
    tags             text[]      NOT NULL,
    payload          jsonb       NOT NULL,
    context          jsonb,
    unique_key       text,
    timeout_ms       bigint,
    reason           text,
    result           jsonb,
    events           jsonb,
    error_group      text,
    trace_context    text,
    batch_id         uuid,
    followed         boolean
) PARTITION BY LIST (state);

CREATE INDEX history_id ON task_tower.history (id);

-- Lists of one kind or one queue, newest first.
CREATE INDEX history_kind ON task_tower.history (kind, id);
CREATE INDEX history_queue ON task_tower.history (queue, id);

-- Jobs by a value of their payload, or by tags. Nothing but searches needs it: it may be dropped.
CREATE INDEX history_search ON task_tower.history USING gin (payload jsonb_path_ops, tags)
    WITH (fastupdate = on, gin_pending_list_limit = 65536);
CREATE INDEX history_error_group ON task_tower.history (error_group, id) WHERE error_group IS NOT NULL;
CREATE INDEX history_batch ON task_tower.history (batch_id, id) WHERE batch_id IS NOT NULL;

COMMENT ON TABLE  task_tower.history IS 'Finished jobs, by state and by day of their end; an old day is dropped whole.';
COMMENT ON COLUMN task_tower.history.id IS 'UUID v7, made by whoever enqueues.';
COMMENT ON COLUMN task_tower.history.run_at IS 'When its latest run was due.';
COMMENT ON COLUMN task_tower.history.created_at IS 'When it was enqueued or scheduled.';
COMMENT ON COLUMN task_tower.history.attempted_at IS 'When its latest run began; meaningless while attempt is 0.';
COMMENT ON COLUMN task_tower.history.finished_at IS 'When it ended.';
COMMENT ON COLUMN task_tower.history.worker_id IS 'The worker of the latest run; 0 before the first.';
COMMENT ON COLUMN task_tower.history.lease IS 'Fencing number of its end; a requeue goes on from it.';
COMMENT ON COLUMN task_tower.history.attempt IS 'Number of runs, counted when they are claimed.';
COMMENT ON COLUMN task_tower.history.failures IS 'Number of runs that failed.';
COMMENT ON COLUMN task_tower.history.crashes IS 'Number of runs whose worker died, within the last 72 hours before the latest of them.';
COMMENT ON COLUMN task_tower.history.max_retries IS 'How many retries it was allowed.';
COMMENT ON COLUMN task_tower.history.priority IS 'Its priority within the queue.';
COMMENT ON COLUMN task_tower.history.state IS '3 completed, 4 dead, 5 cancelled.';
COMMENT ON COLUMN task_tower.history.kind IS 'The name under which a handler is registered.';
COMMENT ON COLUMN task_tower.history.queue IS 'The queue it waited in.';
COMMENT ON COLUMN task_tower.history.tags IS 'Words to find it by.';
COMMENT ON COLUMN task_tower.history.payload IS 'Its data.';
COMMENT ON COLUMN task_tower.history.context IS 'Parameters for interceptors, stored by contextualizers.';
COMMENT ON COLUMN task_tower.history.unique_key IS 'What no other live job of its kind had at its time, nor may have if it is requeued.';
COMMENT ON COLUMN task_tower.history.timeout_ms IS 'The longest one run may take; null for the default of its kind.';
COMMENT ON COLUMN task_tower.history.reason IS 'Why it is dead or cancelled: retries, poison, decode, discarded, parent, or words of a person.';
COMMENT ON COLUMN task_tower.history.result IS 'What the handler returned, where it returned something.';
COMMENT ON COLUMN task_tower.history.events IS 'What happened beside the plain course: failures, rescues, requeues. Null for most jobs.';
COMMENT ON COLUMN task_tower.history.error_group IS 'The fingerprint of its latest failure, see error_group; null when it never failed.';
COMMENT ON COLUMN task_tower.history.trace_context IS 'The trace that it was enqueued in, as the W3C has it: traceparent, and after a blank tracestate, if there is one. Null for most jobs.';
COMMENT ON COLUMN task_tower.history.batch_id IS 'The batch it is a member of; null for most jobs.';
COMMENT ON COLUMN task_tower.history.followed IS 'Whether jobs awaited its end; null for most jobs.';

-- A payload of 100 kB is stored in a third to two thirds of the time that the usual method takes. Servers can be built without it.
DO $task_tower$
BEGIN
    ALTER TABLE task_tower.job ALTER COLUMN payload SET COMPRESSION lz4;
    ALTER TABLE task_tower.history ALTER COLUMN payload SET COMPRESSION lz4;
    ALTER TABLE task_tower.history ALTER COLUMN result SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END
$task_tower$;

CREATE TABLE task_tower.history_completed PARTITION OF task_tower.history FOR VALUES IN (3) PARTITION BY RANGE (finished_at);
CREATE TABLE task_tower.history_dead      PARTITION OF task_tower.history FOR VALUES IN (4) PARTITION BY RANGE (finished_at);
CREATE TABLE task_tower.history_cancelled PARTITION OF task_tower.history FOR VALUES IN (5) PARTITION BY RANGE (finished_at);

-- Where a job goes whose day has no partition yet: a completion must never fail for want of one.
CREATE TABLE task_tower.history_completed_default PARTITION OF task_tower.history_completed DEFAULT;
CREATE TABLE task_tower.history_dead_default      PARTITION OF task_tower.history_dead DEFAULT;
CREATE TABLE task_tower.history_cancelled_default PARTITION OF task_tower.history_cancelled DEFAULT;

CREATE TABLE task_tower.lane (
    queue    text     NOT NULL,
    priority smallint NOT NULL
);

-- Not unique on purpose: a unique check would make an enqueuer wait for another's open
-- transaction, and fail in REPEATABLE READ. A lane that stands here twice does no harm.
CREATE INDEX lane_queue ON task_tower.lane (queue, priority);

COMMENT ON TABLE  task_tower.lane IS 'Every pair of queue and priority that ever held a job: where a claim has to look.';
COMMENT ON COLUMN task_tower.lane.queue IS 'The queue.';
COMMENT ON COLUMN task_tower.lane.priority IS 'The priority.';

CREATE TABLE task_tower.queue (
    name          text PRIMARY KEY,
    paused_at     timestamptz,
    paused_reason text,
    paused_by     text,
    late_after_ms bigint
);

COMMENT ON TABLE  task_tower.queue IS 'What is set for a queue. A queue without a row runs with nothing set.';
COMMENT ON COLUMN task_tower.queue.name IS 'The queue.';
COMMENT ON COLUMN task_tower.queue.paused_at IS 'Since when no job of it is started; null when it runs.';
COMMENT ON COLUMN task_tower.queue.paused_reason IS 'Why, in the words of the person who paused it.';
COMMENT ON COLUMN task_tower.queue.paused_by IS 'Who paused it.';
COMMENT ON COLUMN task_tower.queue.late_after_ms IS 'It is late when its oldest job has waited longer than this; null for a minute.';

CREATE TABLE task_tower.worker (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host            text        NOT NULL,
    process_id      bigint      NOT NULL,
    version         text        NOT NULL,
    app_version     text,
    slots           integer     NOT NULL,
    busy            integer     NOT NULL DEFAULT 0,
    running         uuid[]      NOT NULL DEFAULT '{}',
    command         text,
    session_pid     integer,
    notified_at     timestamptz,
    by_redis        boolean,
    clock_skew_ms   bigint,
    memory_bytes    bigint,
    kinds           text[]      NOT NULL,
    death_kinds     text[]      NOT NULL DEFAULT '{}',
    cancel_kinds    text[]      NOT NULL DEFAULT '{}',
    kind_setups     jsonb       NOT NULL DEFAULT '{}',
    queues          text[]      NOT NULL,
    queue_prioritization text   NOT NULL DEFAULT 'none',
    queue_priorities jsonb      NOT NULL DEFAULT '{}',
    dead_after      interval    NOT NULL,
    started_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    heartbeat_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at        timestamptz,
    ended_how       text,
    rescued         integer     NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

COMMENT ON TABLE  task_tower.worker IS 'Processes that run jobs, and those that lately did.';
COMMENT ON COLUMN task_tower.worker.id IS 'New for each start, never used again.';
COMMENT ON COLUMN task_tower.worker.host IS 'Host name of its machine.';
COMMENT ON COLUMN task_tower.worker.process_id IS 'Process id on that machine.';
COMMENT ON COLUMN task_tower.worker.version IS 'Version of Task Tower.';
COMMENT ON COLUMN task_tower.worker.app_version IS 'Version of the program it is part of, if that says so.';
COMMENT ON COLUMN task_tower.worker.slots IS 'How many jobs it runs at a time at the most.';
COMMENT ON COLUMN task_tower.worker.busy IS 'Slots in use at the last heartbeat.';
COMMENT ON COLUMN task_tower.worker.running IS 'The jobs in those slots, at most 1,000 of them, the longest running first.';
COMMENT ON COLUMN task_tower.worker.command IS 'What a person asked of it: quiet, to claim no more, or stop; null for nothing.';
COMMENT ON COLUMN task_tower.worker.session_pid IS 'The process of its session that listens, as of the last heartbeat.';
COMMENT ON COLUMN task_tower.worker.notified_at IS 'When that session was last notified of anything, as of the last heartbeat; null for never.';
COMMENT ON COLUMN task_tower.worker.by_redis IS 'Whether it was subscribed in Redis at the last heartbeat; null when it has no Redis.';
COMMENT ON COLUMN task_tower.worker.clock_skew_ms IS 'How far its clock was ahead of the one here at the last heartbeat, less the way there.';
COMMENT ON COLUMN task_tower.worker.memory_bytes IS 'Memory that its process takes (resident), as of the last heartbeat; null where that is not known.';
COMMENT ON COLUMN task_tower.worker.kinds IS 'The kinds it knows.';
COMMENT ON COLUMN task_tower.worker.death_kinds IS 'Those of them whose deaths an interceptor wants to hear of.';
COMMENT ON COLUMN task_tower.worker.cancel_kinds IS 'Those of them whose cancellations one wants to hear of.';
COMMENT ON COLUMN task_tower.worker.kind_setups IS 'How it runs its kinds, by name, for people to read; 256 KiB at most.';
COMMENT ON COLUMN task_tower.worker.queues IS 'The queues it serves; empty for all.';
COMMENT ON COLUMN task_tower.worker.queue_prioritization IS 'How it chooses among queues: none, alpha_numeric, index, strict or weighted.';
COMMENT ON COLUMN task_tower.worker.queue_priorities IS 'Priorities or weights of queues that it was given.';
COMMENT ON COLUMN task_tower.worker.dead_after IS 'It counts as dead when its heartbeat is older than this.';
COMMENT ON COLUMN task_tower.worker.started_at IS 'When it registered.';
COMMENT ON COLUMN task_tower.worker.heartbeat_at IS 'When it was last heard of.';
COMMENT ON COLUMN task_tower.worker.ended_at IS 'When it stopped or was found dead; null while it works.';
COMMENT ON COLUMN task_tower.worker.ended_how IS 'stopped, or silent.';
COMMENT ON COLUMN task_tower.worker.rescued IS 'How many jobs were taken from it after its death.';

CREATE TABLE task_tower.deploy (
    app_version text        PRIMARY KEY,
    first_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

COMMENT ON TABLE  task_tower.deploy IS 'The versions of the program whose workers ran within the last 31 days.';
COMMENT ON COLUMN task_tower.deploy.app_version IS 'The version, as the program says it.';
COMMENT ON COLUMN task_tower.deploy.first_at IS 'When a worker of this version first registered.';
COMMENT ON COLUMN task_tower.deploy.last_at IS 'When the last one did.';

CREATE TABLE task_tower.kind (
    name         text   PRIMARY KEY,
    display_name text,
    stages       text[] NOT NULL DEFAULT '{}',
    expected_ms  bigint
);

COMMENT ON TABLE  task_tower.kind IS 'What the worker that started last with a kind says of it.';
COMMENT ON COLUMN task_tower.kind.name IS 'The kind.';
COMMENT ON COLUMN task_tower.kind.display_name IS 'Its name for people; null when it has no other.';
COMMENT ON COLUMN task_tower.kind.stages IS 'What its interceptors want to hear of that people do: cancel, requeue.';
COMMENT ON COLUMN task_tower.kind.expected_ms IS 'The longest that a run of it takes when all is well, where its configuration says so.';

CREATE TABLE task_tower.untold (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id      uuid        NOT NULL,
    job_lease   bigint      NOT NULL,
    stage       text        NOT NULL,
    kind        text        NOT NULL,
    reason      text,
    happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempt     integer     NOT NULL DEFAULT 0,
    told        text[]      NOT NULL DEFAULT '{}',
    worker_id   bigint      NOT NULL DEFAULT 0,
    lease       bigint      NOT NULL DEFAULT 0
) WITH (fillfactor = 70);

CREATE INDEX untold_due ON task_tower.untold (due_at);

COMMENT ON TABLE  task_tower.untold IS 'Deaths, cancellations and requeues that interceptors have still to be told of. Written with the event itself, so that no crash loses one.';
COMMENT ON COLUMN task_tower.untold.id IS 'Counted up.';
COMMENT ON COLUMN task_tower.untold.job_id IS 'The job.';
COMMENT ON COLUMN task_tower.untold.job_lease IS 'Its lease then: that of the run that was its last, or that of the place in the queue to which it came back.';
COMMENT ON COLUMN task_tower.untold.stage IS 'death, cancel or requeue.';
COMMENT ON COLUMN task_tower.untold.kind IS 'The kind of the job.';
COMMENT ON COLUMN task_tower.untold.reason IS 'Why, in a word or in those of a person.';
COMMENT ON COLUMN task_tower.untold.happened_at IS 'When it happened.';
COMMENT ON COLUMN task_tower.untold.due_at IS 'Not before this time: later after an interceptor failed.';
COMMENT ON COLUMN task_tower.untold.attempt IS 'How often a worker took it to tell it.';
COMMENT ON COLUMN task_tower.untold.told IS 'The interceptors that have been told, by name.';
COMMENT ON COLUMN task_tower.untold.worker_id IS 'The worker that tells it, or began to; 0 for none.';
COMMENT ON COLUMN task_tower.untold.lease IS 'Fencing number: grows whenever a worker takes it.';

CREATE TABLE task_tower.operation (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name             text        NOT NULL DEFAULT '',
    actor            text        NOT NULL,
    action           jsonb       NOT NULL,
    filter           text,
    scope            jsonb,
    created_before   timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    stepped_at       timestamptz,
    ended_at         timestamptz,
    expected         bigint      NOT NULL DEFAULT 0,
    done             bigint      NOT NULL DEFAULT 0,
    skipped          bigint      NOT NULL DEFAULT 0,
    skipped_states   jsonb       NOT NULL DEFAULT '{}',
    last_job         uuid,
    cancel_requested boolean     NOT NULL DEFAULT false,
    failure          text,
    undoes           bigint,
    undo_until       timestamptz,
    undone_at        timestamptz
);

CREATE INDEX operation_open ON task_tower.operation (id) WHERE ended_at IS NULL;

COMMENT ON TABLE  task_tower.operation IS 'What people did, or are doing, to many jobs. Whoever works on one locks its row.';
COMMENT ON COLUMN task_tower.operation.id IS 'Counted up.';
COMMENT ON COLUMN task_tower.operation.name IS 'What the person called it.';
COMMENT ON COLUMN task_tower.operation.actor IS 'Who began it.';
COMMENT ON COLUMN task_tower.operation.action IS 'What is done to each job.';
COMMENT ON COLUMN task_tower.operation.filter IS 'To which jobs; null for those that were picked one by one.';
COMMENT ON COLUMN task_tower.operation.scope IS 'The queues and kinds that the person may touch; null for all.';
COMMENT ON COLUMN task_tower.operation.created_before IS 'Jobs that came later are not touched.';
COMMENT ON COLUMN task_tower.operation.created_at IS 'When it was begun.';
COMMENT ON COLUMN task_tower.operation.stepped_at IS 'When its latest chunk was done.';
COMMENT ON COLUMN task_tower.operation.ended_at IS 'When it ended; null while it is open.';
COMMENT ON COLUMN task_tower.operation.expected IS 'How many jobs matched when it began, counted to 10,001.';
COMMENT ON COLUMN task_tower.operation.done IS 'To how many jobs it was done.';
COMMENT ON COLUMN task_tower.operation.skipped IS 'How many were not in a state for it.';
COMMENT ON COLUMN task_tower.operation.skipped_states IS 'How many of those were in which state, or gone.';
COMMENT ON COLUMN task_tower.operation.last_job IS 'Jobs up to this id have been dealt with.';
COMMENT ON COLUMN task_tower.operation.cancel_requested IS 'It stops after the chunk at work.';
COMMENT ON COLUMN task_tower.operation.failure IS 'Why it gave up, if it did.';
COMMENT ON COLUMN task_tower.operation.undoes IS 'The operation that this one undoes.';
COMMENT ON COLUMN task_tower.operation.undo_until IS 'Until when it can be undone; null when it cannot.';
COMMENT ON COLUMN task_tower.operation.undone_at IS 'When somebody asked to undo it.';

CREATE TABLE task_tower.operation_item (
    operation_id bigint   NOT NULL,
    job_id       uuid     NOT NULL,
    state        smallint NOT NULL,
    image        jsonb    NOT NULL,
    PRIMARY KEY (operation_id, job_id)
);

COMMENT ON TABLE  task_tower.operation_item IS 'Jobs as they were before an operation, for as long as it can be undone.';
COMMENT ON COLUMN task_tower.operation_item.operation_id IS 'The operation.';
COMMENT ON COLUMN task_tower.operation_item.job_id IS 'The job.';
COMMENT ON COLUMN task_tower.operation_item.state IS 'Where it was: 0 live, or the state of its history.';
COMMENT ON COLUMN task_tower.operation_item.image IS 'Its whole row.';

CREATE TABLE task_tower.audit (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor        text        NOT NULL,
    address      text,
    request      text,
    action       text        NOT NULL,
    target       text        NOT NULL,
    operation_id bigint,
    details      jsonb       NOT NULL DEFAULT '{}'
);

CREATE INDEX audit_at ON task_tower.audit (at);

COMMENT ON TABLE  task_tower.audit IS 'Who changed what by hand, written in the transaction of the change.';
COMMENT ON COLUMN task_tower.audit.id IS 'Counted up.';
COMMENT ON COLUMN task_tower.audit.at IS 'When.';
COMMENT ON COLUMN task_tower.audit.actor IS 'Who: a name from the login of the dashboard, or of the program that did it.';
COMMENT ON COLUMN task_tower.audit.address IS 'The address that the request came from, or the host of the program that did it.';
COMMENT ON COLUMN task_tower.audit.request IS 'The id of the request, as the header x-request-id of its answer and the log have it.';
COMMENT ON COLUMN task_tower.audit.action IS 'What was done.';
COMMENT ON COLUMN task_tower.audit.target IS 'To what: a job, a queue, a worker, or how many jobs.';
COMMENT ON COLUMN task_tower.audit.operation_id IS 'The operation it was a part of.';
COMMENT ON COLUMN task_tower.audit.details IS 'What was asked for, what was there before, and what came of it.';

CREATE TABLE task_tower.saved_view (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text        NOT NULL,
    filter     text        NOT NULL,
    columns    text        NOT NULL DEFAULT '',
    actor      text        NOT NULL,
    is_shared  boolean     NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (actor, name)
);

COMMENT ON TABLE  task_tower.saved_view IS 'Lists of jobs that people want to see again.';
COMMENT ON COLUMN task_tower.saved_view.id IS 'Counted up.';
COMMENT ON COLUMN task_tower.saved_view.name IS 'What it is called.';
COMMENT ON COLUMN task_tower.saved_view.filter IS 'Which jobs it shows, in the language of filters.';
COMMENT ON COLUMN task_tower.saved_view.columns IS 'Which columns, by name with commas; empty for the usual ones.';
COMMENT ON COLUMN task_tower.saved_view.actor IS 'Who saved it.';
COMMENT ON COLUMN task_tower.saved_view.is_shared IS 'Whether all see it, and may rename and delete it.';
COMMENT ON COLUMN task_tower.saved_view.changed_at IS 'When it was last changed.';

CREATE TABLE task_tower.tally (
    axis      text        NOT NULL,
    name      text        NOT NULL,
    step      smallint    NOT NULL,
    at        timestamptz NOT NULL,
    enqueued  bigint      NOT NULL DEFAULT 0,
    completed bigint      NOT NULL DEFAULT 0,
    failed    bigint      NOT NULL DEFAULT 0,
    dead      bigint      NOT NULL DEFAULT 0,
    cancelled bigint      NOT NULL DEFAULT 0,
    waits     integer[]   NOT NULL DEFAULT '{}',
    runs      integer[]   NOT NULL DEFAULT '{}',
    PRIMARY KEY (axis, name, step, at)
) WITH (
    -- Workers add to the row of this minute all the time: room for that on its page.
    fillfactor = 60,
    autovacuum_vacuum_scale_factor = 0.05
);

-- All kinds of a time; and what is old enough to go.
CREATE INDEX tally_at ON task_tower.tally (step, axis, at);

COMMENT ON TABLE  task_tower.tally IS 'How many runs ended how, and how long they waited and took, by minute and by hour. Workers add to it every 2 s.';
COMMENT ON COLUMN task_tower.tally.axis IS 'all, kind or queue.';
COMMENT ON COLUMN task_tower.tally.name IS 'The kind or the queue; empty for all.';
COMMENT ON COLUMN task_tower.tally.step IS 'Minutes of the time that is counted: 1 or 60.';
COMMENT ON COLUMN task_tower.tally.at IS 'When that time begins.';
COMMENT ON COLUMN task_tower.tally.enqueued IS 'Jobs that were created; known some seconds after the minute.';
COMMENT ON COLUMN task_tower.tally.completed IS 'Runs that completed their job.';
COMMENT ON COLUMN task_tower.tally.failed IS 'Runs that failed and are retried.';
COMMENT ON COLUMN task_tower.tally.dead IS 'Runs that were the last of a job that died.';
COMMENT ON COLUMN task_tower.tally.cancelled IS 'Runs whose job was cancelled.';
COMMENT ON COLUMN task_tower.tally.waits IS 'Runs by how long the job had been due: below 0.1 ms, then by steps of half as much again. Without the zeros at the end.';
COMMENT ON COLUMN task_tower.tally.runs IS 'Runs by how long they took, in the same steps.';

CREATE TABLE task_tower.flush (
    worker_id bigint NOT NULL,
    part      text   NOT NULL,
    number    bigint NOT NULL,
    PRIMARY KEY (worker_id, part)
) WITH (fillfactor = 50);

COMMENT ON TABLE  task_tower.flush IS 'What each worker has added to the statistics, so that a lost answer does not add it twice, and to the log.';
COMMENT ON COLUMN task_tower.flush.worker_id IS 'The worker.';
COMMENT ON COLUMN task_tower.flush.part IS 'counts, errors or log.';
COMMENT ON COLUMN task_tower.flush.number IS 'The number of its latest flush.';

CREATE FUNCTION task_tower.add_up(one integer[], other integer[]) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(
    SELECT coalesce(pair.one, 0) + coalesce(pair.other, 0)
    FROM unnest(one, other) WITH ORDINALITY AS pair (one, other, number)
    ORDER BY pair.number);

COMMENT ON FUNCTION task_tower.add_up(integer[], integer[]) IS 'The sums of two lists, place by place.';

CREATE TABLE task_tower.depth (
    at         timestamptz NOT NULL,
    queue      text        NOT NULL,
    scheduled  integer     NOT NULL DEFAULT 0,
    enqueued   integer     NOT NULL DEFAULT 0,
    processing integer     NOT NULL DEFAULT 0,
    failed     integer     NOT NULL DEFAULT 0,
    oldest_transaction_ms bigint,
    PRIMARY KEY (at, queue)
);

COMMENT ON TABLE  task_tower.depth IS 'What was in each queue, once a minute, each number counted up to 10,001.';
COMMENT ON COLUMN task_tower.depth.at IS 'The minute.';
COMMENT ON COLUMN task_tower.depth.queue IS 'The queue; empty in the row that says that the minute is taken.';
COMMENT ON COLUMN task_tower.depth.scheduled IS 'Jobs whose time had not come.';
COMMENT ON COLUMN task_tower.depth.enqueued IS 'Jobs that were due and waited.';
COMMENT ON COLUMN task_tower.depth.processing IS 'Jobs that ran, as the workers told with their last heartbeats.';
COMMENT ON COLUMN task_tower.depth.failed IS 'Jobs that waited for their retry.';
COMMENT ON COLUMN task_tower.depth.oldest_transaction_ms IS 'In the row with the empty queue: how long the oldest transaction of another session was open, 0 for none.';

CREATE FUNCTION task_tower.fingerprint(kind text, class text, message text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(encode(sha256(convert_to(kind || E'\n' || class || E'\n' || message, 'UTF8')), 'hex'), 12);

COMMENT ON FUNCTION task_tower.fingerprint(text, text, text) IS 'The fingerprint of failures of a kind with a class and a message without its numbers and ids.';

CREATE TABLE task_tower.error_group (
    fingerprint   text        PRIMARY KEY,
    kind          text        NOT NULL,
    class         text        NOT NULL,
    message       text        NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    first_version text,
    last_version  text,
    occurrences   bigint      NOT NULL,
    sample_job    uuid        NOT NULL,
    queues        text[]      NOT NULL,
    resolved_at   timestamptz,
    resolved_by   text,
    regressed_at  timestamptz,
    muted_until   timestamptz
) WITH (fillfactor = 60);

COMMENT ON TABLE  task_tower.error_group IS 'Failures that look alike: of the same kind, of the same class, with the same message but for numbers and ids.';
COMMENT ON COLUMN task_tower.error_group.fingerprint IS 'What names it, see the function fingerprint.';
COMMENT ON COLUMN task_tower.error_group.kind IS 'The kind of the jobs.';
COMMENT ON COLUMN task_tower.error_group.class IS 'The type of the error or its variant; Panic, Timeout, Decode, WorkerLost.';
COMMENT ON COLUMN task_tower.error_group.message IS 'The message, with <n> in place of numbers, <id> of ids and so on.';
COMMENT ON COLUMN task_tower.error_group.first_seen_at IS 'When it first occurred.';
COMMENT ON COLUMN task_tower.error_group.last_seen_at IS 'When it last occurred.';
COMMENT ON COLUMN task_tower.error_group.first_version IS 'The app_version of the worker where it first occurred.';
COMMENT ON COLUMN task_tower.error_group.last_version IS 'The app_version of the worker where it last occurred.';
COMMENT ON COLUMN task_tower.error_group.occurrences IS 'How often it occurred.';
COMMENT ON COLUMN task_tower.error_group.sample_job IS 'A job to which it happened lately.';
COMMENT ON COLUMN task_tower.error_group.queues IS 'The queues of those jobs, at most 32.';
COMMENT ON COLUMN task_tower.error_group.resolved_at IS 'Since when somebody holds it for mended; null again when it occurs again.';
COMMENT ON COLUMN task_tower.error_group.resolved_by IS 'Who said so.';
COMMENT ON COLUMN task_tower.error_group.regressed_at IS 'When it last occurred again after that.';
COMMENT ON COLUMN task_tower.error_group.muted_until IS 'Until when nobody wants to see it.';

CREATE TABLE task_tower.error_tally (
    fingerprint text        NOT NULL,
    step        smallint    NOT NULL,
    at          timestamptz NOT NULL,
    count       bigint      NOT NULL,
    PRIMARY KEY (fingerprint, step, at)
) WITH (fillfactor = 60);

COMMENT ON TABLE  task_tower.error_tally IS 'How often each error group occurred, by minute and by hour.';
COMMENT ON COLUMN task_tower.error_tally.fingerprint IS 'The group.';
COMMENT ON COLUMN task_tower.error_tally.step IS 'Minutes of the time that is counted: 1 or 60.';
COMMENT ON COLUMN task_tower.error_tally.at IS 'When that time begins.';
COMMENT ON COLUMN task_tower.error_tally.count IS 'How often.';

CREATE TABLE task_tower.log (
    job_id  uuid        NOT NULL,
    lease   bigint      NOT NULL,
    number  integer     NOT NULL,
    attempt integer     NOT NULL,
    at      timestamptz NOT NULL,
    level   smallint    NOT NULL,
    target  text        NOT NULL,
    message text        NOT NULL,
    PRIMARY KEY (job_id, lease, number)
) WITH (
    -- Lines only come, and go with their job.
    autovacuum_vacuum_scale_factor = 0.05
);

COMMENT ON TABLE  task_tower.log IS 'What handlers logged, a line a row, for as long as their job is kept.';
COMMENT ON COLUMN task_tower.log.job_id IS 'The job.';
COMMENT ON COLUMN task_tower.log.lease IS 'The lease of the run: no two runs of a job have the same, and later ones have higher ones.';
COMMENT ON COLUMN task_tower.log.number IS 'Counted up in the run.';
COMMENT ON COLUMN task_tower.log.attempt IS 'Which run of the job it was, as people count.';
COMMENT ON COLUMN task_tower.log.at IS 'When it was logged.';
COMMENT ON COLUMN task_tower.log.level IS '1 trace, 2 debug, 3 info, 4 warn, 5 error.';
COMMENT ON COLUMN task_tower.log.target IS 'Where in the program it was logged.';
COMMENT ON COLUMN task_tower.log.message IS 'What it says, with its fields.';

CREATE TABLE task_tower.progress (
    job_id  uuid        PRIMARY KEY,
    lease   bigint      NOT NULL,
    attempt integer     NOT NULL,
    done    bigint      NOT NULL,
    total   bigint      NOT NULL,
    text    text,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (
    -- Changed once a second while its job runs: room for that on its page.
    fillfactor = 50
);

COMMENT ON TABLE  task_tower.progress IS 'How far jobs are, or were, as their handlers told last: beside the jobs, since a claim must not meet such writes.';
COMMENT ON COLUMN task_tower.progress.job_id IS 'The job.';
COMMENT ON COLUMN task_tower.progress.lease IS 'The lease of the run that told it: an earlier run does not replace what a later one told.';
COMMENT ON COLUMN task_tower.progress.attempt IS 'Which run of the job it was, as people count.';
COMMENT ON COLUMN task_tower.progress.done IS 'How much is done.';
COMMENT ON COLUMN task_tower.progress.total IS 'Out of how much; 0 when that is not known.';
COMMENT ON COLUMN task_tower.progress.text IS 'Words about it.';
COMMENT ON COLUMN task_tower.progress.at IS 'When it was told, within a second.';

CREATE TABLE task_tower.recurring (
    name          text        PRIMARY KEY,
    kind          text        NOT NULL,
    payload       jsonb       NOT NULL,
    queue         text        NOT NULL,
    priority      smallint    NOT NULL,
    max_retries   integer     NOT NULL,
    tags          text[]      NOT NULL,
    timeout_ms    bigint,
    expression    text        NOT NULL,
    zone          text        NOT NULL,
    missed        text        NOT NULL,
    missed_max    integer,
    overlap       text        NOT NULL,
    jitter_ms     bigint      NOT NULL,
    next_at       timestamptz,
    skips_next    boolean     NOT NULL,
    paused_at     timestamptz,
    paused_until  timestamptz,
    paused_by     text,
    paused_reason text,
    source        text,
    code          jsonb,
    is_edited     boolean     NOT NULL,
    revision      bigint      NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT recurring_missed CHECK (missed IN ('skip', 'once', 'all')),
    CONSTRAINT recurring_overlap CHECK (overlap IN ('allow', 'skip', 'queue'))
) WITH (fillfactor = 70);

CREATE INDEX recurring_next ON task_tower.recurring (next_at) WHERE next_at IS NOT NULL;

COMMENT ON TABLE  task_tower.recurring IS 'Jobs that recur. A worker that finds one due moves next_at and enqueues in one statement.';
COMMENT ON COLUMN task_tower.recurring.name IS 'What it is called.';
COMMENT ON COLUMN task_tower.recurring.kind IS 'The kind of its jobs.';
COMMENT ON COLUMN task_tower.recurring.payload IS 'Their data.';
COMMENT ON COLUMN task_tower.recurring.queue IS 'Their queue.';
COMMENT ON COLUMN task_tower.recurring.priority IS 'Their priority.';
COMMENT ON COLUMN task_tower.recurring.max_retries IS 'How many retries they may have.';
COMMENT ON COLUMN task_tower.recurring.tags IS 'Their tags.';
COMMENT ON COLUMN task_tower.recurring.timeout_ms IS 'The longest one run may take; null for the default of the kind.';
COMMENT ON COLUMN task_tower.recurring.expression IS 'When it recurs: cron, or every so often.';
COMMENT ON COLUMN task_tower.recurring.zone IS 'The time zone whose clock cron reads, by its name of the IANA database.';
COMMENT ON COLUMN task_tower.recurring.missed IS 'What becomes of times at which no worker lived: skip, once or all.';
COMMENT ON COLUMN task_tower.recurring.missed_max IS 'How many of them are made up for, where all are; else null.';
COMMENT ON COLUMN task_tower.recurring.overlap IS 'What becomes of a time while the job of an earlier one lives: allow, skip or queue.';
COMMENT ON COLUMN task_tower.recurring.jitter_ms IS 'Jobs begin up to so much later than their time.';
COMMENT ON COLUMN task_tower.recurring.next_at IS 'The first time that nobody has dealt with; null while it is paused without an end, or when it never comes again.';
COMMENT ON COLUMN task_tower.recurring.skips_next IS 'That time is left out.';
COMMENT ON COLUMN task_tower.recurring.paused_at IS 'Since when it is paused; null when it is not.';
COMMENT ON COLUMN task_tower.recurring.paused_until IS 'Until when; null for until it is resumed. Once that has passed, it is not paused any more.';
COMMENT ON COLUMN task_tower.recurring.paused_by IS 'Who paused it.';
COMMENT ON COLUMN task_tower.recurring.paused_reason IS 'Why, in the words of the person who paused it.';
COMMENT ON COLUMN task_tower.recurring.source IS 'The program whose code says it; null when it was added at run time.';
COMMENT ON COLUMN task_tower.recurring.code IS 'What that code says, to tell when it says something else.';
COMMENT ON COLUMN task_tower.recurring.is_edited IS 'It was edited since its code said it.';
COMMENT ON COLUMN task_tower.recurring.revision IS 'Counted up with each change, but not with its times: whoever deals with a time must name it.';
COMMENT ON COLUMN task_tower.recurring.created_at IS 'When it was added.';
COMMENT ON COLUMN task_tower.recurring.changed_at IS 'When it was last changed.';

CREATE TABLE task_tower.tick (
    recurring text        NOT NULL,
    tick_at   timestamptz NOT NULL,
    job_id    uuid,
    outcome   text        NOT NULL,
    missed    integer     NOT NULL DEFAULT 0,
    noted_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (recurring, tick_at),
    CONSTRAINT tick_outcome CHECK (outcome IN ('enqueued', 'by_hand', 'queued', 'overlap', 'missed', 'skipped'))
);

-- From a job to where it comes from.
CREATE UNIQUE INDEX tick_job ON task_tower.tick (job_id) WHERE job_id IS NOT NULL;

-- The latest jobs of one, past whatever was left out.
CREATE INDEX tick_ran ON task_tower.tick (recurring, tick_at) INCLUDE (job_id) WHERE job_id IS NOT NULL;

-- At most one waits.
CREATE UNIQUE INDEX tick_queued ON task_tower.tick (recurring) WHERE outcome = 'queued';

COMMENT ON TABLE  task_tower.tick IS 'Times of recurring jobs that have come: each is dealt with once, in the statement that enqueues its job.';
COMMENT ON COLUMN task_tower.tick.recurring IS 'The name of the recurring job.';
COMMENT ON COLUMN task_tower.tick.tick_at IS 'The time.';
COMMENT ON COLUMN task_tower.tick.job_id IS 'The job that was enqueued for it; null when none was.';
COMMENT ON COLUMN task_tower.tick.outcome IS 'What became of it: enqueued, by_hand, queued, overlap, missed or skipped.';
COMMENT ON COLUMN task_tower.tick.missed IS 'How many times were missed, this one the latest of them; 0 for none.';
COMMENT ON COLUMN task_tower.tick.noted_at IS 'When somebody dealt with it.';
CREATE TABLE task_tower.batch (
    id         uuid        PRIMARY KEY,
    parent_id  uuid,
    name       text        NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at  timestamptz,
    ended_at   timestamptz,
    total      bigint      NOT NULL DEFAULT 0,
    completed  bigint      NOT NULL DEFAULT 0,
    dead       bigint      NOT NULL DEFAULT 0,
    cancelled  bigint      NOT NULL DEFAULT 0,
    is_sealed  boolean     NOT NULL DEFAULT false,
    has_died   boolean     NOT NULL DEFAULT false,
    counts_as  smallint
) WITH (
    -- Its numbers change all the time while it runs: room for that on its page.
    fillfactor = 50
);

CREATE INDEX batch_parent ON task_tower.batch (parent_id, id) WHERE parent_id IS NOT NULL;

COMMENT ON TABLE  task_tower.batch IS 'Jobs that belong together. Its numbers are those of batch_delta up to a moment ago.';
COMMENT ON COLUMN task_tower.batch.id IS 'UUID v7, made by whoever opens it.';
COMMENT ON COLUMN task_tower.batch.parent_id IS 'The batch of which it is a member, as one job would be; null for most batches.';
COMMENT ON COLUMN task_tower.batch.name IS 'What people call it; may be empty.';
COMMENT ON COLUMN task_tower.batch.created_at IS 'When it was opened.';
COMMENT ON COLUMN task_tower.batch.closed_at IS 'Since when only its own running jobs add to it; null while it is open.';
COMMENT ON COLUMN task_tower.batch.ended_at IS 'When it was closed and the last of its members had ended; null before, and again while a member that was requeued runs.';
COMMENT ON COLUMN task_tower.batch.total IS 'How many members it has: jobs, and batches inside of it.';
COMMENT ON COLUMN task_tower.batch.completed IS 'How many of them have completed.';
COMMENT ON COLUMN task_tower.batch.dead IS 'How many of them are dead.';
COMMENT ON COLUMN task_tower.batch.cancelled IS 'How many of them are cancelled.';
COMMENT ON COLUMN task_tower.batch.is_sealed IS 'Whether the numbers have everything in them that came before it was closed.';
COMMENT ON COLUMN task_tower.batch.has_died IS 'Whether a member ever died.';
COMMENT ON COLUMN task_tower.batch.counts_as IS 'As what its parent counts it: 3 completed, 4 dead, 5 cancelled; null while it has not ended.';

CREATE TABLE task_tower.batch_delta (
    batch_id  uuid    NOT NULL,
    total     bigint  NOT NULL DEFAULT 0,
    completed bigint  NOT NULL DEFAULT 0,
    dead      bigint  NOT NULL DEFAULT 0,
    cancelled bigint  NOT NULL DEFAULT 0,
    closes    boolean NOT NULL DEFAULT false
) WITH (
    -- Rows come and go at once.
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);

CREATE INDEX batch_delta_batch ON task_tower.batch_delta (batch_id);

COMMENT ON TABLE  task_tower.batch_delta IS 'What statements changed in the numbers of batches: a row each, so that nobody waits for the row of a batch. Workers add them up.';
COMMENT ON COLUMN task_tower.batch_delta.batch_id IS 'The batch.';
COMMENT ON COLUMN task_tower.batch_delta.total IS 'How many members came, less those that were deleted.';
COMMENT ON COLUMN task_tower.batch_delta.completed IS 'How many completed, less those that were requeued.';
COMMENT ON COLUMN task_tower.batch_delta.dead IS 'How many died, less those that were requeued.';
COMMENT ON COLUMN task_tower.batch_delta.cancelled IS 'How many were cancelled, less those that were requeued.';
COMMENT ON COLUMN task_tower.batch_delta.closes IS 'Whether it was closed.';

CREATE TABLE task_tower.batch_callback (
    batch_id    uuid        NOT NULL,
    event       text        NOT NULL,
    job         jsonb       NOT NULL,
    job_id      uuid,
    enqueued_at timestamptz,
    PRIMARY KEY (batch_id, event),
    CONSTRAINT batch_callback_event CHECK (event IN ('finished', 'success', 'death'))
) WITH (fillfactor = 70);

CREATE INDEX batch_callback_job ON task_tower.batch_callback (job_id) WHERE job_id IS NOT NULL;

COMMENT ON TABLE  task_tower.batch_callback IS 'Jobs that are enqueued when something happens to a batch, each at most once.';
COMMENT ON COLUMN task_tower.batch_callback.batch_id IS 'The batch.';
COMMENT ON COLUMN task_tower.batch_callback.event IS 'finished: all members have ended. success: all have completed. death: the first died.';
COMMENT ON COLUMN task_tower.batch_callback.job IS 'The job, as enqueue_json takes it.';
COMMENT ON COLUMN task_tower.batch_callback.job_id IS 'The id of the job, once it is enqueued.';
COMMENT ON COLUMN task_tower.batch_callback.enqueued_at IS 'When it was enqueued; null before.';

CREATE TABLE task_tower.parent_event (
    id        bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id uuid     NOT NULL,
    state     smallint
) WITH (
    -- Rows come and go at once.
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);

COMMENT ON TABLE  task_tower.parent_event IS 'Jobs that others await and that have ended, or of which it is not known whether they have. Workers look what follows.';
COMMENT ON COLUMN task_tower.parent_event.id IS 'Counted up.';
COMMENT ON COLUMN task_tower.parent_event.parent_id IS 'The job.';
COMMENT ON COLUMN task_tower.parent_event.state IS 'How it ended: 3 completed, 4 dead, 5 cancelled or deleted; null when somebody has to look.';

CREATE TABLE task_tower.dependency (
    child_id   uuid        NOT NULL,
    parent_id  uuid        NOT NULL,
    place      smallint    NOT NULL,
    outcome    smallint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (child_id, parent_id)
);

CREATE INDEX dependency_parent ON task_tower.dependency (parent_id, child_id);

COMMENT ON TABLE  task_tower.dependency IS 'Which job awaits, or awaited, the end of which.';
COMMENT ON COLUMN task_tower.dependency.child_id IS 'The job that awaits.';
COMMENT ON COLUMN task_tower.dependency.parent_id IS 'The job whose end it awaits.';
COMMENT ON COLUMN task_tower.dependency.place IS 'Which of its parents this is, as they were given, from 1.';
COMMENT ON COLUMN task_tower.dependency.outcome IS 'How the parent ended: 3 completed, 4 dead, 5 cancelled or deleted; null before.';
COMMENT ON COLUMN task_tower.dependency.created_at IS 'Since when.';

CREATE TABLE task_tower.awaiting (
    job_id      uuid     PRIMARY KEY,
    pending     integer  NOT NULL,
    failed      integer  NOT NULL DEFAULT 0,
    runs_anyway boolean  NOT NULL,
    run_at      timestamptz,
    delay       interval
) WITH (fillfactor = 70);

COMMENT ON TABLE  task_tower.awaiting IS 'Jobs that await others. The row of a job is locked while its parents are counted.';
COMMENT ON COLUMN task_tower.awaiting.job_id IS 'The job.';
COMMENT ON COLUMN task_tower.awaiting.pending IS 'How many of its parents have not ended.';
COMMENT ON COLUMN task_tower.awaiting.failed IS 'How many of its parents ended and did not complete.';
COMMENT ON COLUMN task_tower.awaiting.runs_anyway IS 'Whether it runs when a parent did not complete; else it is cancelled.';
COMMENT ON COLUMN task_tower.awaiting.run_at IS 'Not before this time, when it has nothing to await any more; null for at once.';
COMMENT ON COLUMN task_tower.awaiting.delay IS 'How long after that it runs; null for at once.';

-- Unlogged: its rows are hints, and arming must not wait for a disk. A crash of the server empties
-- it; the workers reconnect after one anyway and arm again.
CREATE UNLOGGED TABLE task_tower.armed (
    queue     text    NOT NULL,
    worker_id bigint  NOT NULL,
    by_redis  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (queue, worker_id)
);

COMMENT ON TABLE  task_tower.armed IS 'Which queues have a worker that sleeps and wants to be woken; the queue * stands for all.';
COMMENT ON COLUMN task_tower.armed.queue IS 'The queue, or *.';
COMMENT ON COLUMN task_tower.armed.worker_id IS 'The worker that sleeps.';
COMMENT ON COLUMN task_tower.armed.by_redis IS 'It is subscribed in Redis, so that who can publish there need not NOTIFY.';

CREATE FUNCTION task_tower.channel() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 'task_tower_' || left(md5('task_tower'), 16);

COMMENT ON FUNCTION task_tower.channel() IS 'The NOTIFY channel of this schema.';

-- Runs once per INSERT. It only reads who sleeps: a busy system, where nobody does, commits
-- without NOTIFY and its cluster-wide lock.
CREATE FUNCTION task_tower.wake(
    queue        text,
    priority     smallint,
    first_run_at timestamptz,
    publishes    boolean DEFAULT false
) RETURNS bigint
LANGUAGE plpgsql
AS $task_tower$
DECLARE
    -- Whoever commits later than the sleeper's look must not rely on having seen its flag: a
    -- transaction that began some time ago, and one whose snapshot may be older than the flag.
    certain CONSTANT boolean := statement_timestamp() - now() > interval '1 ms'
        OR current_setting('transaction_isolation') <> 'read committed';
BEGIN
    IF NOT EXISTS (
        SELECT FROM task_tower.lane WHERE lane.queue = wake.queue AND lane.priority = wake.priority
    ) THEN
        INSERT INTO task_tower.lane (queue, priority) VALUES (wake.queue, wake.priority);
        -- Once in the life of a lane: workers that are busy do not know it yet.
        PERFORM pg_notify(task_tower.channel(), '*lanes');
    END IF;
    -- A later time than this is seen by the sleepers' own looks before it comes.
    IF first_run_at > clock_timestamp() + interval '5 s' THEN
        RETURN 0;
    ELSIF certain OR EXISTS (SELECT FROM task_tower.armed WHERE armed.queue IN (wake.queue, '*')) THEN
        -- Whoever was not seen may not be subscribed.
        IF publishes AND NOT certain AND NOT EXISTS (
            SELECT FROM task_tower.armed WHERE armed.queue IN (wake.queue, '*') AND NOT armed.by_redis
        ) THEN
            RETURN -1;
        END IF;
        PERFORM pg_notify(task_tower.channel(), wake.queue);
        RETURN 0;
    END IF;
    RETURN (extract(epoch FROM statement_timestamp()) * 1000000)::bigint;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.wake(text, smallint, timestamptz, boolean) IS
'Notes a new lane, and wakes workers that sleep. Returns when it asked, in microseconds since 1970, if none sleeps, else 0; or -1, if all that sleep are to be woken by the caller, after the commit and by Redis.';

CREATE FUNCTION task_tower.announce() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
BEGIN
    PERFORM task_tower.wake(queue, priority, min(run_at)) FROM inserted GROUP BY queue, priority;
    RETURN NULL;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.announce() IS 'Notes new lanes, and wakes workers that sleep.';

-- A statement that does this by itself says so.
CREATE TRIGGER announce
    AFTER INSERT ON task_tower.job
    REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT
    WHEN (current_setting('tower.announced', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION task_tower.announce();

CREATE FUNCTION task_tower.new_id() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
SET search_path = pg_catalog
RETURN encode(
    -- UUID v7 (RFC 9562): 48 bits of milliseconds over a random v4, with the version changed to 7.
    set_bit(set_bit(
        overlay(uuid_send(gen_random_uuid())
                PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                FROM 1 FOR 6),
        52, 1), 53, 1),
    'hex')::uuid;

COMMENT ON FUNCTION task_tower.new_id() IS 'A new job id: UUID v7.';

CREATE FUNCTION task_tower.first_id(at timestamptz) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog
RETURN encode(
    overlay('\x00000000000070008000000000000000'::bytea
            PLACING substring(int8send((extract(epoch FROM at) * 1000)::bigint) FROM 3)
            FROM 1 FOR 6),
    'hex')::uuid;

COMMENT ON FUNCTION task_tower.first_id(timestamptz) IS 'The first id of jobs that were created at this time or later.';

CREATE FUNCTION task_tower.check_name(field text, name text) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog
AS $task_tower$
BEGIN
    IF name IS NULL OR name = '' THEN
        RAISE EXCEPTION '% is empty', field USING ERRCODE = '22023', COLUMN = field;
    ELSIF octet_length(name) > 64 THEN
        RAISE EXCEPTION '% is longer than 64 bytes', field USING ERRCODE = '22023', COLUMN = field;
    -- Spelled out, since what counts as a blank or a control character depends on the collation otherwise.
    ELSIF name ~ '[\u0001-\u001f\u007f-\u009f,*]'
        OR name ~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]'
        OR name ~ '[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$' THEN
        RAISE EXCEPTION '% "%" has a comma, a star, a control character or a blank at its end', field, name
            USING ERRCODE = '22023', COLUMN = field;
    END IF;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.check_name(text, text) IS 'Refuses what is not a name of a kind, a queue or a tag.';

CREATE FUNCTION task_tower.enqueue(
    kind              text,
    payload           jsonb       DEFAULT '{}',
    queue             text        DEFAULT 'default',
    run_at            timestamptz DEFAULT NULL,
    delay             interval    DEFAULT NULL,
    priority          integer     DEFAULT 0,
    max_retries       integer     DEFAULT 10,
    tags              text[]      DEFAULT '{}',
    timeout           interval    DEFAULT NULL,
    context           jsonb       DEFAULT NULL,
    id                uuid        DEFAULT NULL,
    payload_bytes_max integer     DEFAULT 1048576,
    unique_key        text        DEFAULT NULL,
    trace_context     text        DEFAULT NULL,
    batch_id          uuid        DEFAULT NULL,
    from_job          uuid        DEFAULT NULL,
    after             uuid[]      DEFAULT NULL,
    if_parent_dies    text        DEFAULT 'cancel'
) RETURNS uuid
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
-- For ON CONFLICT, where a name can only be a column's.
#variable_conflict use_column
DECLARE
    new_id CONSTANT uuid := coalesce(id, task_tower.new_id());
    moment CONSTANT timestamptz := clock_timestamp();
    -- The calendar is UTC's: a month from now is the same day of the next month there.
    due CONSTANT timestamptz :=
        greatest(moment, coalesce(run_at, (moment AT TIME ZONE 'UTC' + delay) AT TIME ZONE 'UTC', moment));
    holder uuid;
    tag text;
    -- Of the jobs in "after", in their order; null for those that have not ended.
    outcomes smallint[];
    awaits boolean := false;
BEGIN
    PERFORM task_tower.check_name('kind', kind);
    PERFORM task_tower.check_name('queue', queue);
    FOREACH tag IN ARRAY coalesce(tags, '{}') LOOP
        PERFORM task_tower.check_name('tag', tag);
    END LOOP;
    IF array_ndims(tags) > 1 THEN
        RAISE EXCEPTION 'tags have % dimensions, a plain list is wanted', array_ndims(tags) USING ERRCODE = '22023', COLUMN = 'tags';
    ELSIF cardinality(tags) > 32 THEN
        RAISE EXCEPTION 'tags: % given, at most 32 are allowed', cardinality(tags) USING ERRCODE = '22023', COLUMN = 'tags';
    ELSIF payload IS NULL THEN
        RAISE EXCEPTION 'payload is null' USING ERRCODE = '22023', COLUMN = 'payload';
    ELSIF octet_length(payload::text) > coalesce(payload_bytes_max, 1048576) THEN
        RAISE EXCEPTION 'payload has % bytes, at most % are allowed', octet_length(payload::text), payload_bytes_max
            USING ERRCODE = '22023', COLUMN = 'payload';
    ELSIF jsonb_typeof(context) <> 'object' THEN
        RAISE EXCEPTION 'context is of type %, an object of parameters is wanted', jsonb_typeof(context)
            USING ERRCODE = '22023', COLUMN = 'context';
    -- Twice what clients allow: the text of a jsonb has blanks in it.
    ELSIF octet_length(context::text) > 131072 THEN
        RAISE EXCEPTION 'context has % bytes, at most 131072 are allowed', octet_length(context::text)
            USING ERRCODE = '22023', COLUMN = 'context';
    ELSIF priority IS NULL OR priority NOT BETWEEN -100 AND 100 THEN
        RAISE EXCEPTION 'priority % is not between -100 and 100', priority USING ERRCODE = '22023', COLUMN = 'priority';
    ELSIF max_retries IS NULL OR max_retries NOT BETWEEN 0 AND 1000 THEN
        RAISE EXCEPTION 'max_retries % is not between 0 and 1000', max_retries USING ERRCODE = '22023', COLUMN = 'max_retries';
    ELSIF run_at IS NOT NULL AND delay IS NOT NULL THEN
        RAISE EXCEPTION 'run_at and delay are both given, one is wanted' USING ERRCODE = '22023', COLUMN = 'delay';
    ELSIF timeout <= interval '0' THEN
        RAISE EXCEPTION 'timeout % is not longer than nothing', timeout USING ERRCODE = '22023', COLUMN = 'timeout';
    ELSIF timeout NOT BETWEEN interval '1 millisecond' AND interval '365 days' THEN
        RAISE EXCEPTION 'timeout % is not between 1 ms and 365 days', timeout USING ERRCODE = '22023', COLUMN = 'timeout';
    ELSIF due > moment + interval '36600 days' THEN
        RAISE EXCEPTION 'run_at % is more than a hundred years ahead', due USING ERRCODE = '22023', COLUMN = 'run_at';
    ELSIF unique_key = '' OR octet_length(unique_key) > 200 THEN
        RAISE EXCEPTION 'unique_key has % bytes, 1 to 200 are allowed', octet_length(unique_key)
            USING ERRCODE = '22023', COLUMN = 'unique_key';
    ELSIF unique_key ~ '[[:cntrl:]]' THEN
        RAISE EXCEPTION 'unique_key has a control character in it' USING ERRCODE = '22023', COLUMN = 'unique_key';
    ELSIF trace_context !~ '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}( [\u0021-\u007e][\u0020-\u007e]*)?$'
        OR octet_length(trace_context) > 568 THEN
        RAISE EXCEPTION 'trace_context is no traceparent, perhaps with a blank and a tracestate of up to 512 letters behind it'
            USING ERRCODE = '22023', COLUMN = 'trace_context';
    END IF;
    IF batch_id IS NOT NULL THEN
        PERFORM task_tower.enter_batch(batch_id, from_job);
    END IF;
    IF cardinality(after) > 0 THEN
        outcomes := task_tower.parent_outcomes(new_id, after, if_parent_dies);
        awaits := array_position(outcomes, NULL) IS NOT NULL;
    END IF;
    -- Looking first would prove nothing: only the index knows of jobs that others are just inserting, and
    -- waits for how that ends.
    FOR try IN 1 .. 100 LOOP
        INSERT INTO task_tower.job (
            id, kind, payload, queue, run_at, created_at, priority, max_retries, tags, timeout_ms, context, unique_key,
            trace_context, batch_id)
        VALUES (
            new_id, kind, payload, queue, CASE WHEN awaits THEN 'infinity' ELSE due END, moment, priority::smallint, max_retries, coalesce(tags, '{}'),
            (extract(epoch FROM timeout) * 1000)::bigint, context, unique_key, trace_context, batch_id
        )
        ON CONFLICT (kind, unique_key) WHERE unique_key IS NOT NULL DO NOTHING;
        IF FOUND THEN
            IF batch_id IS NOT NULL THEN
                INSERT INTO task_tower.batch_delta (batch_id, total) VALUES (enqueue.batch_id, 1);
            END IF;
            IF outcomes IS NOT NULL THEN
                PERFORM task_tower.follow(new_id, after, outcomes, if_parent_dies, run_at, delay);
            END IF;
            RETURN new_id;
        END IF;
        SELECT job.id INTO holder
        FROM task_tower.job
        WHERE job.kind = enqueue.kind AND job.unique_key = enqueue.unique_key;
        IF FOUND THEN
            RETURN holder;
        END IF;
        -- It ended in between, so that the key is free again.
    END LOOP;
    RAISE EXCEPTION 'unique_key "%" of kind "%" is taken, by a job that this transaction cannot see', unique_key, kind
        USING ERRCODE = '40001', HINT = 'Try the transaction again.';
END
$task_tower$;

COMMENT ON FUNCTION task_tower.enqueue(text, jsonb, text, timestamptz, interval, integer, integer, text[], interval, jsonb, uuid, integer, text, text, uuid, uuid, uuid[], text) IS
'Enqueues a job from SQL, in the caller''s transaction, and returns its id. Only kind is required: enqueue(''send_welcome'', ''{"user_id": 1}''). Later: run_at => a time, or delay => an interval. With a unique_key (''*'' for one of the kind at a time) that a live job of this kind has, it inserts nothing and returns the id of that job. With a batch_id it is a member of that batch; from_job is a job of the batch on whose behalf it is added although the batch is closed. With jobs in after, it awaits them, and runs when all have completed; if one has not, it is cancelled, or runs all the same with if_parent_dies => ''run''.';

CREATE FUNCTION task_tower.parent_outcomes(child_id uuid, parents uuid[], if_parent_dies text) RETURNS smallint[]
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
DECLARE
    parent uuid;
    outcome smallint;
    outcomes smallint[] := '{}';
    is_known boolean;
BEGIN
    IF array_ndims(parents) > 1 THEN
        RAISE EXCEPTION 'after has % dimensions, a plain list is wanted', array_ndims(parents) USING ERRCODE = '22023', COLUMN = 'after';
    ELSIF cardinality(parents) > 100 THEN
        RAISE EXCEPTION 'after: % jobs given, at most 100 are allowed', cardinality(parents) USING ERRCODE = '22023', COLUMN = 'after';
    ELSIF array_position(parents, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'after: a job is null' USING ERRCODE = '22023', COLUMN = 'after';
    ELSIF child_id = ANY (parents) THEN
        RAISE EXCEPTION 'after: job % cannot await itself', child_id USING ERRCODE = '22023', COLUMN = 'after';
    ELSIF cardinality(parents) > (SELECT count(DISTINCT given.id) FROM unnest(parents) AS given (id)) THEN
        RAISE EXCEPTION 'after: a job is given twice' USING ERRCODE = '22023', COLUMN = 'after';
    ELSIF if_parent_dies IS NULL OR if_parent_dies NOT IN ('cancel', 'run') THEN
        RAISE EXCEPTION 'if_parent_dies is "%", not cancel or run', if_parent_dies USING ERRCODE = '22023', COLUMN = 'if_parent_dies';
    END IF;
    FOREACH parent IN ARRAY parents LOOP
        -- A job may move from one table to the other between the two looks, and back before the next two.
        FOR try IN 1 .. 20 LOOP
            outcome := NULL;
            PERFORM FROM task_tower.job WHERE job.id = parent;
            is_known := FOUND;
            EXIT WHEN is_known;
            SELECT history.state INTO outcome FROM task_tower.history WHERE history.id = parent LIMIT 1;
            is_known := FOUND;
            EXIT WHEN is_known;
        END LOOP;
        IF NOT is_known THEN
            RAISE EXCEPTION 'job % does not exist', parent USING ERRCODE = 'P0002', TABLE = 'job';
        ELSIF outcome <> 3 AND if_parent_dies = 'cancel' THEN
            RAISE EXCEPTION 'job % is %, so what follows it would be cancelled', parent, CASE outcome WHEN 4 THEN 'dead' ELSE 'cancelled' END
                USING ERRCODE = '55000', CONSTRAINT = 'parent_has_not_failed';
        END IF;
        outcomes := outcomes || outcome;
    END LOOP;
    RETURN outcomes;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.parent_outcomes(uuid, uuid[], text) IS
'How jobs ended that another one is to follow, null for those that have not; refuses those that do not exist, and those that would have it cancelled at once.';

CREATE FUNCTION task_tower.follow(
    child_id       uuid,
    parents        uuid[],
    outcomes       smallint[],
    if_parent_dies text,
    run_at         timestamptz,
    delay          interval
) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
#variable_conflict use_column
DECLARE
    waits_for CONSTANT uuid[] := ARRAY(SELECT given.id FROM unnest(parents, outcomes) AS given (id, outcome) WHERE given.outcome IS NULL);
    is_unmarked boolean;
BEGIN
    INSERT INTO task_tower.dependency (child_id, parent_id, place, outcome)
    SELECT follow.child_id, given.id, given.place, given.outcome
    FROM unnest(parents, outcomes) WITH ORDINALITY AS given (id, outcome, place);
    IF cardinality(waits_for) = 0 THEN
        RETURN;
    END IF;
    INSERT INTO task_tower.awaiting (job_id, pending, failed, runs_anyway, run_at, delay)
    VALUES (
        follow.child_id, cardinality(waits_for),
        (SELECT count(*) FROM unnest(outcomes) AS ended (outcome) WHERE ended.outcome <> 3),
        if_parent_dies = 'run', follow.run_at, follow.delay
    );
    -- What this transaction made itself is marked at once, since nobody else can see it. To mark others would hold up
    -- those who complete them until this transaction ends; so a worker looks at them after that.
    WITH marked AS (
        UPDATE task_tower.job
        SET followed = true
        WHERE job.id = ANY (waits_for) AND job.xmin = pg_current_xact_id()::xid
        RETURNING job.id
    ),
    left_over AS (
        INSERT INTO task_tower.parent_event (parent_id)
        SELECT given.id FROM unnest(waits_for) AS given (id) WHERE given.id NOT IN (SELECT marked.id FROM marked)
        RETURNING parent_id
    )
    SELECT EXISTS (SELECT FROM left_over) INTO is_unmarked;
    IF is_unmarked THEN
        PERFORM pg_notify(task_tower.channel(), '*batch');
    END IF;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.follow(uuid, uuid[], smallint[], text, timestamptz, interval) IS
'Notes which jobs a new one follows, and how those ended that have; for the others it waits.';

CREATE FUNCTION task_tower.enqueue_json(
    job      jsonb,
    id       uuid DEFAULT NULL,
    batch_id uuid DEFAULT NULL,
    from_job uuid DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
DECLARE
    known CONSTANT text[] :=
        '{kind,payload,queue,run_at,delay,priority,max_retries,tags,timeout,context,unique_key,unique_fields,id,after,if_parent_dies,trace_context}';
    word text;
BEGIN
    IF jsonb_typeof(job) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'job is of type %, an object is wanted', coalesce(jsonb_typeof(job), 'null')
            USING ERRCODE = '22023', COLUMN = 'job';
    END IF;
    SELECT key INTO word FROM jsonb_object_keys(job) AS key WHERE key <> ALL (known) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'job has no "%", only %', word, array_to_string(known, ', ') USING ERRCODE = '22023', COLUMN = 'job';
    END IF;
    RETURN task_tower.enqueue(
        kind => job ->> 'kind',
        payload => coalesce(job -> 'payload', '{}'),
        queue => coalesce(job ->> 'queue', 'default'),
        run_at => (job ->> 'run_at')::timestamptz,
        delay => (job ->> 'delay')::interval,
        priority => coalesce((job ->> 'priority')::integer, 0),
        max_retries => coalesce((job ->> 'max_retries')::integer, 10),
        tags => ARRAY(SELECT jsonb_array_elements_text(nullif(job -> 'tags', 'null'))),
        timeout => (job ->> 'timeout')::interval,
        context => nullif(job -> 'context', 'null'),
        id => coalesce(id, (job ->> 'id')::uuid),
        -- Whoever wrote it down has measured it.
        payload_bytes_max => 2147483647,
        unique_key => coalesce(job ->> 'unique_key', CASE WHEN job ? 'unique_fields' THEN
            task_tower.payload_key(job -> 'payload', ARRAY(SELECT jsonb_array_elements_text(job -> 'unique_fields'))) END),
        trace_context => job ->> 'trace_context',
        batch_id => batch_id,
        from_job => from_job,
        after => ARRAY(SELECT jsonb_array_elements_text(nullif(job -> 'after', 'null')))::uuid[],
        if_parent_dies => coalesce(job ->> 'if_parent_dies', 'cancel')
    );
END
$task_tower$;

COMMENT ON FUNCTION task_tower.enqueue_json(jsonb, uuid, uuid, uuid) IS
'Enqueues a job that is written down as an object with the arguments of enqueue: {"kind": "send_welcome", "payload": {"user_id": 1}}. Returns its id.';

CREATE FUNCTION task_tower.batch_lock(batch_id uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog
RETURN hashtextextended('task_tower' || batch_id::text, 0);

COMMENT ON FUNCTION task_tower.batch_lock(uuid) IS 'The advisory lock that keeps apart who adds to a batch and who closes it.';

CREATE FUNCTION task_tower.enter_batch(batch_id uuid, from_job uuid DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
DECLARE
    closed_at timestamptz;
BEGIN
    -- Many hold it at once, and none of them writes to the row of the batch. Whoever closes it waits for them, or
    -- the batch could end without the jobs of transactions that are still open.
    PERFORM pg_advisory_xact_lock_shared(task_tower.batch_lock(enter_batch.batch_id));
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        -- A snapshot from before the lock does not see that it was closed; a lock on the row refuses that.
        PERFORM FROM task_tower.batch WHERE batch.id = enter_batch.batch_id FOR SHARE;
    END IF;
    SELECT batch.closed_at INTO closed_at FROM task_tower.batch WHERE batch.id = enter_batch.batch_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'batch % does not exist', batch_id USING ERRCODE = 'P0002', TABLE = 'batch';
    ELSIF closed_at IS NOT NULL THEN
        -- It cannot end while one of its own jobs is held here.
        PERFORM FROM task_tower.job
        WHERE job.id = enter_batch.from_job AND job.batch_id = enter_batch.batch_id
        FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'batch % is closed', batch_id USING ERRCODE = '55000', CONSTRAINT = 'batch_is_open';
        END IF;
    END IF;
    RETURN batch_id;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.enter_batch(uuid, uuid) IS
'Refuses a batch that does not exist or is closed; the latter not for one of its own jobs that has not ended (from_job). Until the end of the transaction nobody closes it.';

CREATE FUNCTION task_tower.add_callback(batch_id uuid, event text, job jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
BEGIN
    BEGIN
        -- Tried, and taken back: what cannot be enqueued is refused here, and not when nobody listens any more.
        PERFORM task_tower.enqueue_json(job);
        RAISE EXCEPTION USING ERRCODE = 'TT000';
    EXCEPTION
        WHEN SQLSTATE 'TT000' THEN NULL;
    END;
    IF job ?| '{unique_key,unique_fields,id,after}' THEN
        RAISE EXCEPTION 'the job for "%" has a unique_key, unique_fields, an id or an after: it is enqueued once as it is', event
            USING ERRCODE = '22023', COLUMN = 'job';
    END IF;
    INSERT INTO task_tower.batch_callback (batch_id, event, job) VALUES (add_callback.batch_id, add_callback.event, add_callback.job);
END
$task_tower$;

COMMENT ON FUNCTION task_tower.add_callback(uuid, text, jsonb) IS 'Notes a job to enqueue when something happens to a batch.';

CREATE FUNCTION task_tower.open_batch(
    name        text  DEFAULT '',
    on_finished jsonb DEFAULT NULL,
    on_success  jsonb DEFAULT NULL,
    on_death    jsonb DEFAULT NULL,
    parent      uuid  DEFAULT NULL,
    from_job    uuid  DEFAULT NULL,
    id          uuid  DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
#variable_conflict use_column
DECLARE
    new_id CONSTANT uuid := coalesce(open_batch.id, task_tower.new_id());
BEGIN
    IF octet_length(name) > 200 THEN
        RAISE EXCEPTION 'name has % bytes, at most 200 are allowed', octet_length(name) USING ERRCODE = '22023', COLUMN = 'name';
    ELSIF name ~ '[[:cntrl:]]' THEN
        RAISE EXCEPTION 'name has a control character in it' USING ERRCODE = '22023', COLUMN = 'name';
    ELSIF parent = new_id THEN
        RAISE EXCEPTION 'batch % cannot be inside of itself', parent USING ERRCODE = '22023', COLUMN = 'parent';
    ELSIF parent IS NOT NULL THEN
        PERFORM task_tower.enter_batch(parent, from_job);
    END IF;
    INSERT INTO task_tower.batch (id, parent_id, name) VALUES (new_id, parent, coalesce(name, '')) ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN
        -- The answer to an earlier try was lost.
        RETURN new_id;
    END IF;
    IF parent IS NOT NULL THEN
        INSERT INTO task_tower.batch_delta (batch_id, total) VALUES (parent, 1);
    END IF;
    IF on_finished IS NOT NULL THEN
        PERFORM task_tower.add_callback(new_id, 'finished', on_finished);
    END IF;
    IF on_success IS NOT NULL THEN
        PERFORM task_tower.add_callback(new_id, 'success', on_success);
    END IF;
    IF on_death IS NOT NULL THEN
        PERFORM task_tower.add_callback(new_id, 'death', on_death);
    END IF;
    RETURN new_id;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.open_batch(text, jsonb, jsonb, jsonb, uuid, uuid, uuid) IS
'Opens a batch, in the caller''s transaction, and returns its id. Jobs come in by enqueue(…, batch_id => …); then close_batch. The callbacks are jobs as enqueue_json takes them. With a parent, it counts there as one member.';

CREATE FUNCTION task_tower.close_batch(id uuid) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
BEGIN
    PERFORM pg_advisory_xact_lock(task_tower.batch_lock(close_batch.id));
    UPDATE task_tower.batch SET closed_at = clock_timestamp()
    WHERE batch.id = close_batch.id AND batch.closed_at IS NULL;
    IF FOUND THEN
        -- As a delta, so that it is never counted before what came before it.
        INSERT INTO task_tower.batch_delta (batch_id, closes) VALUES (close_batch.id, true);
        PERFORM pg_notify(task_tower.channel(), '*batch');
        RETURN;
    END IF;
    PERFORM FROM task_tower.batch WHERE batch.id = close_batch.id;
    IF FOUND THEN
        RAISE EXCEPTION 'batch % is closed already', id USING ERRCODE = '55000', CONSTRAINT = 'batch_is_open';
    END IF;
    RAISE EXCEPTION 'batch % does not exist', id USING ERRCODE = 'P0002', TABLE = 'batch';
END
$task_tower$;

COMMENT ON FUNCTION task_tower.close_batch(uuid) IS
'Closes a batch, in the caller''s transaction: from now on only its own jobs add to it while they run, and it ends with the last of its members. Waits for transactions that are adding to it.';

CREATE FUNCTION task_tower.enqueue_chain(chain jsonb, batch_id uuid DEFAULT NULL, from_job uuid DEFAULT NULL) RETURNS uuid[]
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
DECLARE
    link jsonb;
    previous uuid;
    ids uuid[] := '{}';
BEGIN
    IF jsonb_typeof(chain) IS DISTINCT FROM 'array' THEN
        RAISE EXCEPTION 'chain is of type %, a list of jobs is wanted', coalesce(jsonb_typeof(chain), 'null')
            USING ERRCODE = '22023', COLUMN = 'chain';
    ELSIF jsonb_array_length(chain) NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION 'chain has % jobs, 1 to 100 are allowed', jsonb_array_length(chain) USING ERRCODE = '22023', COLUMN = 'chain';
    END IF;
    FOR link IN SELECT value FROM jsonb_array_elements(chain) WITH ORDINALITY AS given (value, place) ORDER BY place LOOP
        IF previous IS NOT NULL THEN
            link := link || jsonb_build_object('after', jsonb_build_array(previous));
        END IF;
        previous := task_tower.enqueue_json(link, batch_id => batch_id, from_job => from_job);
        ids := ids || previous;
    END LOOP;
    RETURN ids;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.enqueue_chain(jsonb, uuid, uuid) IS
'Enqueues jobs each of which awaits the one before it, in the caller''s transaction: a list of objects as enqueue_json takes them. Returns their ids.';

CREATE FUNCTION task_tower.settle_followers(at_once integer) RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
DECLARE
    -- The jobs of the events taken, each with how it ended, or null when somebody has to look.
    taken_parents uuid[];
    taken_states smallint[];
    -- Those that have ended.
    parents uuid[] := '{}';
    states smallint[] := '{}';
    ended_as smallint;
    children uuid[];
    doomed uuid[] := '{}';
    ready uuid[] := '{}';
BEGIN
    WITH taken AS (
        DELETE FROM task_tower.parent_event
        WHERE id = ANY (ARRAY(SELECT event.id FROM task_tower.parent_event AS event ORDER BY event.id LIMIT at_once FOR UPDATE SKIP LOCKED))
        RETURNING id, parent_id, state
    ),
    firsts AS (
        SELECT DISTINCT ON (taken.parent_id) taken.parent_id, taken.state
        FROM taken
        ORDER BY taken.parent_id, taken.state IS NULL, taken.id
    )
    SELECT array_agg(firsts.parent_id ORDER BY firsts.parent_id), array_agg(firsts.state ORDER BY firsts.parent_id)
    INTO taken_parents, taken_states
    FROM firsts;
    IF taken_parents IS NULL THEN
        RETURN 0;
    END IF;
    -- Each statement from here on sees what was committed while the one before it waited for a lock. Each names the rows
    -- that it wants one by one or by a list, and none by a join, so that nothing is read beside them.
    FOR number IN 1 .. cardinality(taken_parents) LOOP
        ended_as := taken_states[number];
        IF ended_as IS NULL THEN
            -- One that has not ended will tell of its end by itself.
            UPDATE task_tower.job SET followed = true WHERE job.id = taken_parents[number];
            CONTINUE WHEN FOUND;
            SELECT history.state INTO ended_as FROM task_tower.history WHERE history.id = taken_parents[number] LIMIT 1;
        END IF;
        parents := parents || taken_parents[number];
        states := states || coalesce(ended_as, 5::smallint);
    END LOOP;
    PERFORM FROM task_tower.awaiting
    WHERE awaiting.job_id = ANY (ARRAY(
        SELECT dependency.child_id FROM task_tower.dependency
        WHERE dependency.parent_id = ANY (parents) AND dependency.outcome IS NULL))
    ORDER BY awaiting.job_id
    FOR UPDATE;
    FOR number IN 1 .. cardinality(parents) LOOP
        WITH settled AS (
            UPDATE task_tower.dependency
            SET outcome = states[number]
            WHERE dependency.parent_id = parents[number] AND dependency.outcome IS NULL
            RETURNING dependency.child_id
        )
        SELECT array_agg(settled.child_id) INTO children FROM settled;
        CONTINUE WHEN children IS NULL;
        WITH counted AS (
            UPDATE task_tower.awaiting
            SET pending = awaiting.pending - 1,
                failed = awaiting.failed + (states[number] <> 3)::integer
            WHERE awaiting.job_id = ANY (children)
            RETURNING awaiting.job_id, awaiting.pending, awaiting.failed > 0 AND NOT awaiting.runs_anyway AS is_doomed
        )
        SELECT doomed || array_agg(counted.job_id) FILTER (WHERE counted.is_doomed),
               ready || array_agg(counted.job_id) FILTER (WHERE counted.pending <= 0 AND NOT counted.is_doomed)
        INTO doomed, ready
        FROM counted;
    END LOOP;
    PERFORM task_tower.cancel_followers(doomed);
    PERFORM task_tower.release_followers(ready);
    RETURN 1;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.settle_followers(integer) IS
'Takes up to so many jobs that have ended and that others await, and lets those begin that have nothing to await any more, or cancels them. Returns 0 when there was nothing to do.';

CREATE FUNCTION task_tower.release_followers(ids uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
DECLARE
    child record;
    lane record;
BEGIN
    FOR child IN
        SELECT awaiting.job_id, awaiting.run_at, awaiting.delay FROM task_tower.awaiting WHERE awaiting.job_id = ANY (ids) ORDER BY awaiting.job_id
    LOOP
        -- One that somebody has run, moved or cancelled meanwhile stays as it is.
        UPDATE task_tower.job
        SET run_at = greatest(clock_timestamp(), coalesce(child.run_at, (clock_timestamp() AT TIME ZONE 'UTC' + child.delay) AT TIME ZONE 'UTC'))
        WHERE job.id = child.job_id AND job.state = 0 AND job.run_at = 'infinity'
        RETURNING job.queue, job.priority, job.run_at INTO lane;
        IF FOUND THEN
            PERFORM task_tower.wake(lane.queue, lane.priority, lane.run_at);
        END IF;
    END LOOP;
    DELETE FROM task_tower.awaiting WHERE awaiting.job_id = ANY (ids);
END
$task_tower$;

COMMENT ON FUNCTION task_tower.release_followers(uuid[]) IS 'Lets jobs begin that have nothing to await any more.';

CREATE FUNCTION task_tower.cancel_followers(ids uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
BEGIN
    DELETE FROM task_tower.awaiting WHERE awaiting.job_id = ANY (ids);
    WITH stopped AS (
        DELETE FROM task_tower.job
        WHERE job.id = ANY (ids) AND job.state = 0 AND job.run_at = 'infinity'
        RETURNING job.id, job.created_at, job.attempted_at, job.worker_id, job.lease, job.attempt, job.failures, job.crashes,
                  job.max_retries, job.priority, job.kind, job.queue, job.tags, job.payload, job.context, job.unique_key,
                  job.timeout_ms, job.trace_context, job.events, job.error_group, job.batch_id, job.followed
    ),
    counted AS (
        INSERT INTO task_tower.batch_delta (batch_id, cancelled)
        SELECT stopped.batch_id, count(*) FROM stopped WHERE stopped.batch_id IS NOT NULL GROUP BY stopped.batch_id
    ),
    followed AS (
        INSERT INTO task_tower.parent_event (parent_id, state)
        SELECT stopped.id, 5 FROM stopped WHERE stopped.followed
    ),
    ended AS (
        INSERT INTO task_tower.history_cancelled (
            id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
            max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, events, error_group,
            batch_id, followed)
        SELECT stopped.id, stopped.created_at, stopped.created_at, stopped.attempted_at, now(), stopped.worker_id, stopped.lease,
               stopped.attempt, stopped.failures, stopped.crashes, stopped.max_retries, stopped.priority, 5, stopped.kind,
               stopped.queue, stopped.tags, stopped.payload, stopped.context, stopped.unique_key, stopped.timeout_ms, stopped.trace_context, 'parent',
               task_tower.append_event(stopped.events, jsonb_build_object('event', 'cancelled', 'at', now())),
               stopped.error_group, stopped.batch_id, stopped.followed
        FROM stopped
        RETURNING history_cancelled.id, history_cancelled.lease, history_cancelled.kind, history_cancelled.reason
    )
    -- As cancel.sql does.
    INSERT INTO task_tower.untold (job_id, job_lease, stage, kind, reason)
    SELECT ended.id, ended.lease, 'cancel', ended.kind, ended.reason
    FROM ended
    JOIN task_tower.kind ON kind.name = ended.kind
    WHERE 'cancel' = ANY (kind.stages);
    IF FOUND THEN
        PERFORM pg_notify(task_tower.channel(), '*untold');
    END IF;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.cancel_followers(uuid[]) IS 'Cancels jobs that await others, one of which did not complete, with the reason parent.';

CREATE FUNCTION task_tower.payload_key(payload jsonb, fields text[] DEFAULT '{}') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(
    CASE WHEN cardinality(fields) > 0
         THEN (SELECT jsonb_object_agg(field, coalesce(payload -> field, 'null')) FROM unnest(fields) AS field)
         ELSE coalesce(payload, 'null')
    END::text, 'UTF8')), 'hex');

COMMENT ON FUNCTION task_tower.payload_key(jsonb, text[]) IS
'The unique_key of a payload, or of some of its top-level fields, where a missing one counts as null: enqueue(…, unique_key => payload_key(''{"user_id": 1}'')). The order of the fields does not matter.';

CREATE FUNCTION task_tower.append_event(events jsonb, event jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    -- The newest 50 are kept, or a job that fails for ever would grow for ever.
    WHEN jsonb_array_length(coalesce(events, '[]')) >= 50 THEN (events - 0) || jsonb_build_array(event)
    ELSE coalesce(events, '[]') || jsonb_build_array(event)
END;

COMMENT ON FUNCTION task_tower.append_event(jsonb, jsonb) IS 'Adds an event to a job''s list and keeps the newest 50.';

CREATE FUNCTION task_tower.append_events(events jsonb, common jsonb, new jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog
AS $task_tower$
DECLARE
    event jsonb;
BEGIN
    FOR event IN SELECT jsonb_array_elements(new) LOOP
        events := task_tower.append_event(events, common || event);
    END LOOP;
    RETURN events;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.append_events(jsonb, jsonb, jsonb) IS 'Adds several events, each with what they have in common.';

CREATE FUNCTION task_tower.cancel_reason(events jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(CASE WHEN events -> -1 ->> 'event' = 'cancelled' THEN events -> -1 ->> 'note' END, 'cancelled');

COMMENT ON FUNCTION task_tower.cancel_reason(jsonb) IS 'The words of whoever asked a running job to stop, which is its newest event.';

CREATE FUNCTION task_tower.complete(id uuid, lease bigint, result jsonb DEFAULT NULL) RETURNS boolean
LANGUAGE sql VOLATILE
SET search_path = pg_catalog
BEGIN ATOMIC
    WITH done AS (
        DELETE FROM task_tower.job
        WHERE job.id = complete.id AND job.lease = complete.lease AND job.state = 1
        RETURNING job.id, job.run_at, job.created_at, job.attempted_at, job.worker_id, job.lease, job.attempt,
                  job.failures, job.crashes, job.max_retries, job.priority, job.kind, job.queue, job.tags,
                  job.payload, job.context, job.unique_key, job.timeout_ms, job.trace_context, job.events, job.error_group,
                  job.batch_id, job.followed
    ),
    counted AS (
        INSERT INTO task_tower.batch_delta (batch_id, completed)
        SELECT done.batch_id, 1 FROM done WHERE done.batch_id IS NOT NULL
    ),
    followed AS (
        INSERT INTO task_tower.parent_event (parent_id, state)
        SELECT done.id, 3 FROM done WHERE done.followed
    ),
    moved AS (
        INSERT INTO task_tower.history_completed (
            id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
            max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, result, events, error_group,
            batch_id, followed)
        SELECT done.id, run_at, created_at, attempted_at, clock_timestamp(), worker_id, done.lease, attempt, failures, crashes,
               max_retries, priority, 3, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, NULL, complete.result, events, error_group,
               batch_id, followed
        FROM done
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM moved);
END;

COMMENT ON FUNCTION task_tower.complete(uuid, bigint, jsonb) IS
'Completes a running job in the caller''s transaction, if the run with this lease still has it; returns whether it had. For handlers whose own writes must stand or fall with the completion.';

CREATE FUNCTION task_tower.merge_tags(tags text[], new_tags text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN tags || ARRAY(
    SELECT new.tag
    FROM unnest(new_tags) WITH ORDINALITY AS new (tag, number)
    WHERE new.tag <> ALL (tags)
    GROUP BY new.tag
    ORDER BY min(new.number));

COMMENT ON FUNCTION task_tower.merge_tags(text[], text[]) IS 'The tags, and after them those of the new ones that are not among them.';

CREATE FUNCTION task_tower.tag_job(id uuid, new_tags text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $task_tower$
#variable_conflict use_variable
DECLARE
    tag text;
    tags text[];
    queue text;
BEGIN
    FOREACH tag IN ARRAY coalesce(new_tags, '{}') LOOP
        PERFORM task_tower.check_name('tag', tag);
    END LOOP;
    -- A job may move from one table to the other between the two looks, and back before the next two; each sees the present state.
    FOR try IN 1 .. 20 LOOP
        UPDATE task_tower.job SET tags = task_tower.merge_tags(job.tags, new_tags)
        WHERE job.id = id
        RETURNING job.tags, CASE WHEN job.state = 0 AND job.run_at <= clock_timestamp() + interval '5 s' THEN job.queue END
        INTO tags, queue;
        EXIT WHEN FOUND;
        UPDATE task_tower.history SET tags = task_tower.merge_tags(history.tags, new_tags)
        WHERE history.id = id
        RETURNING history.tags INTO tags;
        EXIT WHEN FOUND;
    END LOOP;
    IF tags IS NULL THEN
        RAISE EXCEPTION 'job % does not exist', id USING ERRCODE = 'P0002';
    ELSIF cardinality(tags) > 32 THEN
        RAISE EXCEPTION 'tags: job % would have %, at most 32 are allowed', id, cardinality(tags)
            USING ERRCODE = '22023', COLUMN = 'tags';
    ELSIF queue IS NOT NULL AND EXISTS (SELECT FROM task_tower.armed WHERE armed.queue IN (queue, '*')) THEN
        -- A worker that looked meanwhile has passed over the job, since this transaction held it.
        PERFORM pg_notify(task_tower.channel(), queue);
    END IF;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.tag_job(uuid, text[]) IS 'Adds tags to a job, before, while or after it runs; those it has already stay once.';

CREATE FUNCTION task_tower.make_partitions(days_ahead integer) RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog
-- Whoever waits for a lock makes all others wait behind it: rather try again later.
SET lock_timeout = '1s'
AS $task_tower$
DECLARE
    today CONSTANT date := (now() AT TIME ZONE 'UTC')::date;
    outcome text;
    first_day date;
    parent text;
    child text;
    made integer := 0;
BEGIN
    FOREACH outcome IN ARRAY ARRAY['completed', 'dead', 'cancelled'] LOOP
        parent := 'history_' || outcome;
        FOR ahead IN 0 .. days_ahead LOOP
            first_day := today + ahead;
            child := parent || to_char(first_day, '_YYYY_MM_DD');
            CONTINUE WHEN EXISTS (
                SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE nspname = 'task_tower' AND relname = child
            );
            IF ahead = 0 THEN
                -- Today, jobs are ending this very moment, into the default partition. Whoever reads
                -- or ends one waits at the door, or would look where a job just left.
                EXECUTE format('LOCK TABLE %I.%I IN ACCESS EXCLUSIVE MODE', 'task_tower', 'history');
            END IF;
            EXECUTE format('CREATE TABLE %1$I.%2$I (LIKE %1$I.%3$I INCLUDING DEFAULTS INCLUDING COMPRESSION)', 'task_tower', child, parent);
            -- Jobs that ended before their day had a partition lie in the default one.
            EXECUTE format(
                'WITH moved AS (DELETE FROM %1$I.%3$I WHERE finished_at >= %4$L AND finished_at < %5$L RETURNING *)
                 INSERT INTO %1$I.%2$I SELECT * FROM moved',
                'task_tower', child, parent || '_default',
                first_day::timestamp AT TIME ZONE 'UTC', (first_day + 1)::timestamp AT TIME ZONE 'UTC');
            EXECUTE format(
                'ALTER TABLE %1$I.%3$I ATTACH PARTITION %1$I.%2$I FOR VALUES FROM (%4$L) TO (%5$L)',
                'task_tower', child, parent,
                first_day::timestamp AT TIME ZONE 'UTC', (first_day + 1)::timestamp AT TIME ZONE 'UTC');
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.make_partitions(integer) IS 'Makes the history''s partitions of today and the next days, where they are missing; returns how many.';

CREATE FUNCTION task_tower.drop_partitions(outcome text, keep interval) RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog
-- Whoever waits for a lock makes all others wait behind it: rather try again later.
SET lock_timeout = '1s'
AS $task_tower$
DECLARE
    child text;
    dropped integer := 0;
BEGIN
    FOR child IN
        SELECT part.relname
        FROM pg_inherits
        JOIN pg_class part ON part.oid = inhrelid
        JOIN pg_class parent ON parent.oid = inhparent
        JOIN pg_namespace ON pg_namespace.oid = parent.relnamespace
        WHERE nspname = 'task_tower' AND parent.relname = 'history_' || outcome
          AND part.relname ~ '_\d{4}_\d{2}_\d{2}$'
          AND (to_date(right(part.relname, 10), 'YYYY_MM_DD') + 1)::timestamp AT TIME ZONE 'UTC' <= now() - keep
        ORDER BY part.relname
    LOOP
        EXECUTE format('DROP TABLE %I.%I', 'task_tower', child);
        dropped := dropped + 1;
    END LOOP;
    -- What ended on a day without a partition of its own is few, and goes row by row, with its log.
    EXECUTE format(
        'WITH gone AS (DELETE FROM %1$I.%2$I WHERE finished_at < now() - $1 RETURNING id),
              silenced AS (DELETE FROM %1$I.log USING gone WHERE log.job_id = gone.id)
         DELETE FROM %1$I.progress USING gone WHERE progress.job_id = gone.id',
        'task_tower', 'history_' || outcome || '_default')
    USING keep;
    RETURN dropped;
END
$task_tower$;

COMMENT ON FUNCTION task_tower.drop_partitions(text, interval) IS 'Drops the partitions of one state whose jobs all ended longer ago than asked, and deletes such jobs outside of them; returns how many it dropped.';

CREATE VIEW task_tower.jobs AS
SELECT id, kind, queue,
       CASE WHEN state = 1 THEN 'processing'
            WHEN run_at = 'infinity' THEN 'awaiting'
            WHEN run_at <= clock_timestamp() THEN 'enqueued'
            WHEN retrying THEN 'failed'
            ELSE 'scheduled' END AS state,
       priority, attempt, failures, max_retries, tags, payload, created_at, run_at,
       CASE WHEN attempt > 0 THEN attempted_at END AS attempted_at,
       NULL::timestamptz AS finished_at, NULL::text AS reason, NULL::jsonb AS result, events
FROM task_tower.job
UNION ALL
SELECT id, kind, queue,
       CASE state WHEN 3 THEN 'completed' WHEN 4 THEN 'dead' ELSE 'cancelled' END,
       priority, attempt, failures, max_retries, tags, payload, created_at, run_at,
       CASE WHEN attempt > 0 THEN attempted_at END,
       finished_at, reason, result, events
FROM task_tower.history;

COMMENT ON VIEW task_tower.jobs IS 'All jobs, live and finished, with their state as a word: for people and reports, not for programs that poll.';
COMMENT ON COLUMN task_tower.jobs.id IS 'UUID v7, made by whoever enqueues.';
COMMENT ON COLUMN task_tower.jobs.kind IS 'The name under which a handler is registered.';
COMMENT ON COLUMN task_tower.jobs.queue IS 'Its queue.';
COMMENT ON COLUMN task_tower.jobs.state IS 'scheduled, awaiting, enqueued, processing, completed, failed, dead or cancelled.';
COMMENT ON COLUMN task_tower.jobs.priority IS 'Its priority within the queue.';
COMMENT ON COLUMN task_tower.jobs.attempt IS 'Number of runs, counted when they are claimed.';
COMMENT ON COLUMN task_tower.jobs.failures IS 'Number of runs that failed.';
COMMENT ON COLUMN task_tower.jobs.max_retries IS 'How many retries it may have.';
COMMENT ON COLUMN task_tower.jobs.tags IS 'Words to find it by.';
COMMENT ON COLUMN task_tower.jobs.payload IS 'Its data.';
COMMENT ON COLUMN task_tower.jobs.created_at IS 'When it was enqueued or scheduled.';
COMMENT ON COLUMN task_tower.jobs.run_at IS 'When it may run, or was last due; infinity while it awaits other jobs.';
COMMENT ON COLUMN task_tower.jobs.attempted_at IS 'When its latest run began; null before the first.';
COMMENT ON COLUMN task_tower.jobs.finished_at IS 'When it ended; null while it lives.';
COMMENT ON COLUMN task_tower.jobs.reason IS 'Why it is dead or cancelled: retries, poison, decode, discarded, parent, or words of a person.';
COMMENT ON COLUMN task_tower.jobs.result IS 'What the handler returned, where it returned something.';
COMMENT ON COLUMN task_tower.jobs.events IS 'What happened beside the plain course: failures, rescues, requeues. Null for most jobs.';

SELECT task_tower.make_partitions(3);
