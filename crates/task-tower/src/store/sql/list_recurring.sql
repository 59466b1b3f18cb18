-- Recurring jobs by name, with what became of the latest time of each. Those whose name, kind or queue has $1 in it;
-- with $2, those that are paused or not; with $3, these; after $4, at most $5; and only of these kinds and queues, by
-- name or by their beginning before a star. With $8, only those that come, the first of them first. How the job of the latest time
-- has ended, ends_of tells.
SELECT name, kind, payload::text, queue, priority, max_retries, tags, timeout_ms, expression, zone, recurring.missed,
       missed_max, overlap, jitter_ms, next_at, skips_next, is_paused, paused_at, paused_until, paused_by, paused_reason,
       source, is_edited, revision, created_at, changed_at,
       latest.tick_at, latest.outcome, latest.missed AS missed_count, latest.job_id,
       latest.noted_at, live.state, live.attempted_at, clock_timestamp() AS now
FROM task_tower.recurring
CROSS JOIN LATERAL (
    SELECT paused_at IS NOT NULL AND (paused_until IS NULL OR paused_until > now()) AS is_paused
) AS pause
LEFT JOIN LATERAL (
    SELECT tick_at, outcome, tick.missed, job_id, noted_at FROM task_tower.tick
    WHERE tick.recurring = recurring.name
    ORDER BY tick_at DESC LIMIT 1
) AS latest ON true
LEFT JOIN LATERAL (
    SELECT CASE WHEN job.state = 1 THEN 'processing'
                WHEN run_at <= statement_timestamp() THEN 'enqueued'
                WHEN retrying THEN 'failed'
                ELSE 'scheduled' END AS state,
           CASE WHEN attempt > 0 THEN attempted_at END AS attempted_at
    FROM task_tower.job WHERE job.id = latest.job_id
) AS live ON true
WHERE ($1::text IS NULL OR strpos(lower(concat_ws(' ', name, kind, queue)), lower($1)) > 0)
  AND ($2::boolean IS NULL OR is_paused = $2)
  AND ($3::text[] IS NULL OR name = ANY ($3))
  AND ($4::text IS NULL OR name > $4)
  AND ($6::text[] IS NULL OR EXISTS (
          SELECT FROM unnest($6) AS pattern WHERE kind = pattern OR (pattern LIKE '%*' AND starts_with(kind, rtrim(pattern, '*')))))
  AND ($7::text[] IS NULL OR EXISTS (
          SELECT FROM unnest($7) AS pattern WHERE queue = pattern OR (pattern LIKE '%*' AND starts_with(queue, rtrim(pattern, '*')))))
  AND (NOT $8::boolean OR next_at IS NOT NULL)
ORDER BY CASE WHEN $8 THEN next_at END, name
LIMIT $5
