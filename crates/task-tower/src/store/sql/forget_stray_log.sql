-- Removes lines whose job is gone: those of the next 1,000 jobs after the id $2 that were created longer ago than
-- $1 milliseconds. Few are left there, since a log goes with its job: what came too late for that, or was left by a job
-- that somebody deleted by SQL. Returns the last of those jobs; nothing when there are no more.
WITH RECURSIVE old AS (
    (SELECT job_id, 1 AS number FROM task_tower.log WHERE job_id > $2::uuid ORDER BY job_id LIMIT 1)
    UNION ALL
    SELECT next.job_id, old.number + 1
    FROM old
    CROSS JOIN LATERAL (
        SELECT log.job_id FROM task_tower.log WHERE log.job_id > old.job_id ORDER BY log.job_id LIMIT 1
    ) AS next
    WHERE old.number < 1000
      AND next.job_id < task_tower.first_id(now() - make_interval(secs => $1::bigint / 1000.0))
),
stray AS MATERIALIZED (
    SELECT job_id
    FROM old
    WHERE job_id < task_tower.first_id(now() - make_interval(secs => $1::bigint / 1000.0))
      AND NOT EXISTS (SELECT FROM task_tower.job WHERE job.id = old.job_id)
      AND NOT EXISTS (SELECT FROM task_tower.history WHERE history.id = old.job_id)
),
gone AS (
    DELETE FROM task_tower.log USING stray WHERE log.job_id = stray.job_id
),
forgotten AS (
    DELETE FROM task_tower.progress USING stray WHERE progress.job_id = stray.job_id
)
SELECT job_id
FROM old
WHERE job_id < task_tower.first_id(now() - make_interval(secs => $1::bigint / 1000.0))
ORDER BY job_id DESC
LIMIT 1
