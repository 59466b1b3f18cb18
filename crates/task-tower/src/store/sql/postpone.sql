-- Puts jobs of this worker back to wait: after a failure until their retry, after a snooze, or
-- given back unfinished, which refunds the run. A job that was asked to stop is cancelled instead.
-- Guarded by lease as complete.sql; returns the ids that were still ours, whether others wait for their
-- end, and whether that has come: they are cancelled.
WITH outcome AS (
    SELECT id, lease, delay_ms, failed, refunded, events::jsonb, error_group
    FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::boolean[], $5::boolean[], $6::text[], $7::text[])
      AS outcome (id, lease, delay_ms, failed, refunded, events, error_group)
),
waiting AS (
    UPDATE task_tower.job
    SET state = 0,
        lease = job.lease + 1,
        run_at = clock_timestamp() + make_interval(secs => outcome.delay_ms / 1000.0),
        attempt = job.attempt - outcome.refunded::integer,
        failures = job.failures + outcome.failed::integer,
        retrying = outcome.failed,
        error_group = coalesce(outcome.error_group, job.error_group),
        events = task_tower.append_events(job.events, jsonb_build_object(
            'at', clock_timestamp(), 'attempt', job.attempt, 'started_at', job.attempted_at,
            'worker_id', job.worker_id,
            'run_at', clock_timestamp() + make_interval(secs => outcome.delay_ms / 1000.0)), outcome.events)
    FROM outcome
    WHERE job.id = outcome.id AND job.lease = outcome.lease AND job.state = 1 AND NOT job.cancel_requested
    RETURNING job.id, job.queue, outcome.delay_ms
),
stopped AS (
    DELETE FROM task_tower.job
    USING outcome
    WHERE job.id = outcome.id AND job.lease = outcome.lease AND job.state = 1 AND job.cancel_requested
    RETURNING job.id, job.run_at, job.created_at, job.attempted_at, job.worker_id, job.lease, job.attempt,
              job.failures + outcome.failed::integer AS failures, job.crashes, job.max_retries, job.priority,
              job.kind, job.queue, job.tags, job.payload, job.context, job.unique_key, job.timeout_ms, job.trace_context,
              task_tower.cancel_reason(job.events) AS reason,
              task_tower.append_events(job.events, jsonb_build_object(
                  'at', clock_timestamp(), 'attempt', job.attempt, 'started_at', job.attempted_at,
                  'worker_id', job.worker_id), outcome.events) AS events,
              coalesce(outcome.error_group, job.error_group) AS error_group, job.batch_id, job.followed
),
cancelled AS (
    INSERT INTO task_tower.history_cancelled (
        id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
        max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, events, error_group,
        batch_id, followed)
    SELECT id, run_at, created_at, attempted_at, now(), worker_id, lease, attempt, failures, crashes,
           max_retries, priority, 5, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, events, error_group,
           batch_id, followed
    FROM stopped
    RETURNING id, lease, worker_id, kind, reason, batch_id, followed
),
noted AS (
    INSERT INTO task_tower.untold (job_id, job_lease, stage, kind, reason)
    SELECT cancelled.id, cancelled.lease, 'cancel', cancelled.kind, cancelled.reason
    FROM cancelled
    JOIN task_tower.worker ON worker.id = cancelled.worker_id
    WHERE cancelled.kind = ANY (worker.cancel_kinds)
    RETURNING pg_notify(task_tower.channel(), '*untold')
),
counted AS (
    INSERT INTO task_tower.batch_delta (batch_id, cancelled)
    SELECT batch_id, count(*) FROM stopped WHERE batch_id IS NOT NULL GROUP BY batch_id
),
followed AS (
    INSERT INTO task_tower.parent_event (parent_id, state)
    SELECT id, 5 FROM stopped WHERE followed
)
-- What may run at once is announced: other workers may sleep.
SELECT waiting.id, false AS is_awaited, false AS is_cancelled, CASE WHEN waiting.delay_ms = 0 THEN pg_notify(task_tower.channel(), waiting.queue)::text END
FROM waiting
UNION ALL
SELECT cancelled.id, cancelled.batch_id IS NOT NULL OR cancelled.followed IS NOT NULL, true, NULL FROM cancelled
