-- Enqueues what waited for the end of an earlier job, where none lives any more.
WITH free AS MATERIALIZED (
    SELECT tick.recurring, tick.tick_at
    FROM task_tower.tick
    JOIN task_tower.recurring ON recurring.name = tick.recurring
    WHERE tick.outcome = 'queued'
      AND (recurring.paused_at IS NULL OR recurring.paused_until <= now())
      AND NOT EXISTS (
          SELECT FROM (
              SELECT ran.job_id FROM task_tower.tick AS ran
              WHERE ran.recurring = tick.recurring AND ran.job_id IS NOT NULL
              ORDER BY ran.tick_at DESC LIMIT 100
          ) AS ran
          WHERE (SELECT true FROM task_tower.job WHERE job.id = ran.job_id LIMIT 1)
      )
    ORDER BY tick.recurring
    LIMIT 100
    FOR UPDATE OF tick SKIP LOCKED
),
released AS (
    UPDATE task_tower.tick
    SET outcome = 'enqueued', job_id = task_tower.new_id()
    FROM free
    WHERE tick.recurring = free.recurring AND tick.tick_at = free.tick_at AND tick.outcome = 'queued'
    RETURNING tick.recurring, tick.job_id
)
INSERT INTO task_tower.job (id, kind, payload, queue, priority, max_retries, tags, timeout_ms)
SELECT released.job_id, kind, payload, queue, priority, max_retries, tags, timeout_ms
FROM released JOIN task_tower.recurring ON recurring.name = released.recurring
RETURNING id
