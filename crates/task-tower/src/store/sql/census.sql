-- How many there are of what the pages are about, each count up to 1,001: small tables only.
SELECT (SELECT count(*) FROM (
            SELECT queue FROM task_tower.lane UNION SELECT name FROM task_tower.queue LIMIT 1001) AS known) AS queues,
       (SELECT count(*) FROM (SELECT FROM task_tower.kind LIMIT 1001) AS known) AS kinds,
       (SELECT count(*) FROM (
            SELECT FROM task_tower.error_group
            WHERE resolved_at IS NULL AND (muted_until > now()) IS NOT TRUE LIMIT 1001) AS open) AS errors,
       (SELECT count(*) FROM task_tower.worker WHERE ended_at IS NULL) AS workers,
       (SELECT count(*) FROM task_tower.worker WHERE ended_how = 'silent') AS silent_workers,
       (SELECT count(*) FROM (
            SELECT FROM task_tower.operation WHERE ended_at IS NULL LIMIT 1001) AS open) AS operations
