-- Moves jobs of this worker to the history as dead ($3 = 4) or cancelled ($3 = 5), with a reason
-- and, where there is one, the event that led there. Guarded by lease as complete.sql; returns the
-- ids that were still ours.
WITH outcome AS (
    SELECT id, lease, state, failed, reason, event::jsonb
    FROM unnest($1::uuid[], $2::bigint[], $3::smallint[], $4::boolean[], $5::text[], $6::text[])
      AS outcome (id, lease, state, failed, reason, event)
),
ended AS (
    DELETE FROM task_tower.job
    USING outcome
    WHERE job.id = outcome.id AND job.lease = outcome.lease AND job.state = 1
    RETURNING job.id, job.run_at, job.created_at, job.attempted_at, job.worker_id, job.lease, job.attempt,
              job.failures + outcome.failed::integer AS failures, job.crashes, job.max_retries, job.priority,
              outcome.state, job.kind, job.queue, job.tags, job.payload, job.context, job.timeout_ms,
              CASE WHEN outcome.state = 5 AND job.cancel_requested THEN task_tower.cancel_reason(job.events)
                   ELSE outcome.reason END AS reason,
              task_tower.append_event(job.events, jsonb_build_object(
                  'at', now(), 'attempt', job.attempt, 'started_at', job.attempted_at,
                  'worker_id', job.worker_id) || outcome.event) AS events
)
INSERT INTO task_tower.history (
    id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
    max_retries, priority, state, kind, queue, tags, payload, context, timeout_ms, reason, events)
SELECT id, run_at, created_at, attempted_at, now(), worker_id, lease, attempt, failures, crashes,
       max_retries, priority, state, kind, queue, tags, payload, context, timeout_ms, reason, events
FROM ended
RETURNING id
