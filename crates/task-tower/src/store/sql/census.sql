-- How many there are of what the pages are about, each count up to 1,001: small tables only. Who was not heard of for its
-- dead_after is silent, also while no worker lives that could find it so.
WITH crew AS MATERIALIZED (
    SELECT ended_how = 'silent' OR (
               ended_at IS NULL AND greatest(heartbeat_at, pg_postmaster_start_time()) < clock_timestamp() - dead_after
           ) AS is_silent, ended_at
    FROM task_tower.worker
)
SELECT (SELECT count(*) FROM (
            SELECT queue FROM task_tower.lane UNION SELECT name FROM task_tower.queue LIMIT 1001) AS known) AS queues,
       (SELECT count(*) FROM (SELECT FROM task_tower.kind LIMIT 1001) AS known) AS kinds,
       (SELECT count(*) FROM (
            SELECT FROM task_tower.error_group
            WHERE resolved_at IS NULL AND (muted_until > now()) IS NOT TRUE LIMIT 1001) AS open) AS errors,
       (SELECT count(*) FROM crew WHERE ended_at IS NULL AND is_silent IS NOT TRUE) AS workers,
       (SELECT count(*) FROM crew WHERE is_silent) AS silent_workers,
       (SELECT count(*) FROM (
            SELECT FROM task_tower.operation WHERE ended_at IS NULL LIMIT 1001) AS open) AS operations,
       (SELECT count(*) FROM (SELECT FROM task_tower.recurring LIMIT 1001) AS known) AS recurring
