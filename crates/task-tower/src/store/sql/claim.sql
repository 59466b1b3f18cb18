-- Claims up to $7 due jobs, lane after lane in the order given, each group of lanes ("share") up to
-- its quota. A lane is a queue with a priority; its bound is where the last claim stopped, so that
-- entries of jobs long gone are not walked again.
--
-- The rows are found and updated by ctid inside one statement: the lock is taken before the
-- update, and a row that changed in between has another ctid and is not claimed this time.
WITH open AS MATERIALIZED (
    -- Decided before any job is touched, or the jobs of a paused queue would be locked in vain.
    SELECT lane.share, lane.queue, lane.priority, lane.bound
    FROM unnest($2::integer[], $3::text[], $4::smallint[], $5::timestamptz[])
         WITH ORDINALITY AS lane (share, queue, priority, bound, number)
    WHERE NOT EXISTS (SELECT FROM task_tower.queue WHERE queue.name = lane.queue AND queue.paused_at IS NOT NULL)
    ORDER BY lane.number
),
picked AS MATERIALIZED (
    SELECT choice.row_at
    FROM unnest($1::integer[]) WITH ORDINALITY AS share (quota, number)
    CROSS JOIN LATERAL (
        SELECT waiting.row_at
        FROM open AS lane
        CROSS JOIN LATERAL (
            SELECT job.ctid AS row_at
            FROM task_tower.job
            WHERE job.queue = lane.queue
              AND job.priority = lane.priority
              AND job.run_at >= lane.bound
              AND job.run_at <= now()
              AND job.state = 0
              AND job.kind = ANY ($6::text[])
            ORDER BY job.run_at
            LIMIT share.quota
            FOR UPDATE SKIP LOCKED
        ) AS waiting
        WHERE lane.share = share.number
        LIMIT share.quota
    ) AS choice
    -- A worker that was declared dead claims nothing: nobody would rescue its jobs.
    WHERE EXISTS (SELECT FROM task_tower.worker WHERE worker.id = $8 AND worker.ended_at IS NULL)
    LIMIT $7
)
UPDATE task_tower.job
SET state = 1,
    attempt = attempt + 1,
    lease = lease + 1,
    attempted_at = now(),
    worker_id = $8
WHERE ctid = ANY (ARRAY(SELECT row_at FROM picked))
RETURNING id, lease, queue, priority, run_at, kind, attempt, failures, crashes, max_retries, timeout_ms,
          created_at, tags, payload::text, context::text, attempted_at, trace_context
