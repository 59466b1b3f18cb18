-- Removes statistics that are old enough: minutes after 26 hours, hours after 31 days. Error groups go when
-- nothing of them has been seen for $1 milliseconds, and the oldest when there are more than 10,000.
WITH old_counts AS (
    DELETE FROM task_tower.tally
    WHERE at < now() - CASE step WHEN 1 THEN interval '26 hours' ELSE interval '31 days' END
),
old_depths AS (
    DELETE FROM task_tower.depth WHERE at < now() - interval '26 hours'
),
old_failures AS (
    DELETE FROM task_tower.error_tally
    WHERE at < now() - CASE step WHEN 1 THEN interval '26 hours' ELSE interval '31 days' END
),
old_flushes AS (
    DELETE FROM task_tower.flush
    WHERE NOT EXISTS (SELECT FROM task_tower.worker WHERE worker.id = flush.worker_id)
)
DELETE FROM task_tower.error_group
WHERE last_seen_at < now() - make_interval(secs => $1::bigint / 1000.0)
   OR last_seen_at < (SELECT last_seen_at FROM task_tower.error_group ORDER BY last_seen_at DESC OFFSET 10000 LIMIT 1)
