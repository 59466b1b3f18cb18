-- Forgets times that came longer ago than $1 milliseconds and whose job is gone, but the latest twenty of each recurring job. Looks at a
-- thousand after ($2, $3), and answers the last of them.
WITH page AS MATERIALIZED (
    SELECT recurring, tick_at, job_id, noted_at, outcome
    FROM task_tower.tick
    WHERE (recurring, tick_at) > ($2::text, $3::timestamptz)
    ORDER BY recurring, tick_at
    LIMIT 1000
),
old AS MATERIALIZED (
    SELECT recurring, tick_at
    FROM page
    WHERE noted_at < now() - make_interval(secs => $1::bigint / 1000.0) AND outcome <> 'queued'
      AND tick_at < (
          SELECT newer.tick_at FROM task_tower.tick AS newer
          WHERE newer.recurring = page.recurring
          ORDER BY newer.tick_at DESC OFFSET 19 LIMIT 1)
      AND (job_id IS NULL OR (
          NOT EXISTS (SELECT FROM task_tower.job WHERE job.id = page.job_id)
          AND NOT EXISTS (
              SELECT FROM task_tower.history WHERE history.id = page.job_id AND history.finished_at >= page.noted_at)))
),
gone AS (
    DELETE FROM task_tower.tick USING old WHERE tick.recurring = old.recurring AND tick.tick_at = old.tick_at
)
SELECT recurring, tick_at FROM page ORDER BY recurring DESC, tick_at DESC LIMIT 1
