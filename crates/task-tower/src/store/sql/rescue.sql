-- Takes up to 1,000 jobs from workers that no longer live and puts them back into their queues.
-- One statement: a job that is completed while this runs is either gone or locked, never both
-- completed and rescued. A job that took its worker down $1 times within 72 hours is dead
-- instead, and one that was asked to stop is cancelled. Returns what became of each, and the version of the
-- program that its worker ran.
--
-- It reads the whole table of live jobs: there must be no index on worker or state, see job_claim.
-- So it is asked only when a worker was buried, and now and then.
WITH lost AS MATERIALIZED (
    SELECT ctid AS row_at, cancel_requested,
           CASE WHEN crashed_at > clock_timestamp() - interval '72 hours' THEN crashes + 1 ELSE 1 END AS crashes
    FROM task_tower.job
    WHERE state = 1
      AND NOT EXISTS (SELECT FROM task_tower.worker WHERE worker.id = job.worker_id AND worker.ended_at IS NULL)
    ORDER BY id
    LIMIT 1000
    FOR UPDATE SKIP LOCKED
),
ended AS (
    DELETE FROM task_tower.job
    USING lost
    WHERE job.ctid = lost.row_at AND (lost.crashes >= $1::integer OR lost.cancel_requested)
    RETURNING job.id, job.run_at, job.created_at, job.attempted_at, job.worker_id, job.lease, job.attempt,
              job.failures, lost.crashes, job.max_retries, job.priority,
              (CASE WHEN lost.cancel_requested THEN 5 ELSE 4 END)::smallint AS state,
              job.kind, job.queue, job.tags, job.payload, job.context, job.unique_key, job.timeout_ms, job.trace_context,
              CASE WHEN lost.cancel_requested THEN task_tower.cancel_reason(job.events) ELSE 'poison' END AS reason,
              task_tower.append_event(job.events, jsonb_build_object(
                  'event', 'failed', 'at', clock_timestamp(), 'attempt', job.attempt,
                  'started_at', job.attempted_at, 'worker_id', job.worker_id,
                  'error', jsonb_build_object('kind', 'crash',
                      'message', 'worker ' || job.worker_id || ' died while running this job', 'class', 'WorkerLost'))) AS events,
              task_tower.fingerprint(job.kind, 'WorkerLost', 'worker <n> died while running this job') AS error_group,
              job.batch_id, job.followed
),
buried AS (
    INSERT INTO task_tower.history (
        id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
        max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, events, error_group,
        batch_id, followed)
    SELECT id, run_at, created_at, attempted_at, now(), worker_id, lease, attempt, failures, crashes,
           max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, events, error_group,
           batch_id, followed
    FROM ended
    RETURNING id, kind, queue, reason, worker_id
),
counted AS (
    INSERT INTO task_tower.batch_delta (batch_id, completed, dead, cancelled)
    SELECT batch_id, count(*) FILTER (WHERE state = 3), count(*) FILTER (WHERE state = 4), count(*) FILTER (WHERE state = 5)
    FROM ended
    WHERE batch_id IS NOT NULL
    GROUP BY batch_id
),
followed AS (
    INSERT INTO task_tower.parent_event (parent_id, state)
    SELECT id, state FROM ended WHERE followed
),
noted AS (
    INSERT INTO task_tower.untold (job_id, job_lease, stage, kind, reason)
    SELECT ended.id, ended.lease, CASE ended.state WHEN 4 THEN 'death' ELSE 'cancel' END, ended.kind, ended.reason
    FROM ended
    JOIN task_tower.worker ON worker.id = ended.worker_id
    WHERE (ended.state = 4 AND ended.kind = ANY (worker.death_kinds))
       OR (ended.state = 5 AND ended.kind = ANY (worker.cancel_kinds))
),
rescued AS (
    UPDATE task_tower.job
    SET state = 0,
        lease = job.lease + 1,
        run_at = clock_timestamp(),
        crashes = lost.crashes,
        crashed_at = clock_timestamp(),
        retrying = false,
        events = task_tower.append_event(job.events, jsonb_build_object(
            'event', 'rescued', 'at', clock_timestamp(), 'attempt', job.attempt,
            'started_at', job.attempted_at, 'worker_id', job.worker_id,
            'error', jsonb_build_object('kind', 'crash',
                'message', 'worker ' || job.worker_id || ' died while running this job', 'class', 'WorkerLost'))),
        error_group = task_tower.fingerprint(job.kind, 'WorkerLost', 'worker <n> died while running this job')
    FROM lost
    WHERE job.ctid = lost.row_at AND lost.crashes < $1::integer AND NOT lost.cancel_requested
    RETURNING job.id, job.kind, job.queue, job.worker_id
),
told AS (
    SELECT id, kind, queue, NULL::text AS reason, worker_id FROM rescued
    UNION ALL
    SELECT id, kind, queue, reason, worker_id FROM buried
),
-- In one order, since two rescuers may count for the same workers.
losses AS MATERIALIZED (
    SELECT worker.id, (SELECT count(*) FROM told WHERE told.worker_id = worker.id) AS jobs
    FROM task_tower.worker
    WHERE worker.id IN (SELECT worker_id FROM told)
    ORDER BY worker.id
    FOR UPDATE OF worker
),
noted_rescues AS (
    UPDATE task_tower.worker
    SET rescued = worker.rescued + losses.jobs::integer
    FROM losses
    WHERE worker.id = losses.id
)
SELECT told.id, told.kind, told.queue, told.reason, worker.app_version,
       CASE WHEN told.reason IS NULL THEN pg_notify(task_tower.channel(), told.queue)::text END
FROM told
LEFT JOIN task_tower.worker ON worker.id = told.worker_id
