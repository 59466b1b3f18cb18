-- Removes moments that nobody tells any more, such as those of kinds whose interceptors are gone:
-- after $1 milliseconds, when their jobs are gone, too. Returns each.
DELETE FROM task_tower.untold
WHERE happened_at < clock_timestamp() - make_interval(secs => $1::bigint / 1000.0)
RETURNING job_id, kind, stage
