-- One recurring job as it is set, which stays so until the change is done, and the time.
SELECT name, kind, payload::text, queue, priority, max_retries, tags, timeout_ms, expression, zone, missed, missed_max,
       overlap, jitter_ms, next_at, skips_next, paused_at, paused_until, paused_by, paused_reason, source, code::text,
       is_edited, revision, clock_timestamp() AS now
FROM task_tower.recurring
WHERE name = $1
FOR UPDATE
