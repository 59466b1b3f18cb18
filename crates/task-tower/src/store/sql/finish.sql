-- Moves jobs of this worker to the history: completed with a result or with something to tell
-- ($3 = 3), dead (4) or cancelled (5), with a reason and the events that led there. Guarded by lease
-- as complete.sql; returns the ids that were still ours, each with whether others wait for it. The end of a job whose kind
-- has death or cancel interceptors here is noted in the same statement, so that no crash can come between.
WITH outcome AS (
    SELECT id, lease, state, failed, reason, events::jsonb, result::jsonb, error_group
    FROM unnest($1::uuid[], $2::bigint[], $3::smallint[], $4::boolean[], $5::text[], $6::text[], $7::text[],
                $8::text[])
      AS outcome (id, lease, state, failed, reason, events, result, error_group)
),
ended AS (
    DELETE FROM task_tower.job
    USING outcome
    WHERE job.id = outcome.id AND job.lease = outcome.lease AND job.state = 1
    RETURNING job.id, job.batch_id, job.followed, job.run_at, job.created_at, job.attempted_at, job.worker_id, job.lease, job.attempt,
              job.failures + outcome.failed::integer AS failures, job.crashes, job.max_retries, job.priority,
              outcome.state, job.kind, job.queue, job.tags, job.payload, job.context, job.unique_key, job.timeout_ms, job.trace_context,
              CASE WHEN outcome.state = 5 AND job.cancel_requested THEN task_tower.cancel_reason(job.events)
                   ELSE outcome.reason END AS reason,
              outcome.result,
              task_tower.append_events(job.events, jsonb_build_object(
                  'at', now(), 'attempt', job.attempt, 'started_at', job.attempted_at,
                  'worker_id', job.worker_id), outcome.events) AS events,
              coalesce(outcome.error_group, job.error_group) AS error_group
),
noted AS (
    INSERT INTO task_tower.untold (job_id, job_lease, stage, kind, reason)
    SELECT ended.id, ended.lease, CASE ended.state WHEN 4 THEN 'death' ELSE 'cancel' END, ended.kind, ended.reason
    FROM ended
    JOIN task_tower.worker ON worker.id = ended.worker_id
    WHERE (ended.state = 4 AND ended.kind = ANY (worker.death_kinds))
       OR (ended.state = 5 AND ended.kind = ANY (worker.cancel_kinds))
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
)
INSERT INTO task_tower.history (
    id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
    max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, result, events,
    error_group, batch_id, followed)
SELECT id, run_at, created_at, attempted_at, now(), worker_id, lease, attempt, failures, crashes,
       max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, result, events,
       error_group, batch_id, followed
FROM ended
RETURNING id, batch_id IS NOT NULL OR followed IS NOT NULL AS is_awaited
