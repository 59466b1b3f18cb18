-- Gives the queue of the audit entry $1 the limit that it had before, or none. One that got another one since is left alone.
UPDATE task_tower.queue
SET late_after_ms = ((audit.details ->> 'before_seconds')::numeric * 1000)::bigint
FROM task_tower.audit
WHERE audit.id = $1
  AND audit.action = 'limit_queue'
  AND audit.at > clock_timestamp() - interval '10 min'
  AND queue.name = audit.target
  -- What is kept of a limit are whole milliseconds.
  AND queue.late_after_ms IS NOT DISTINCT FROM trunc((audit.details ->> 'after_seconds')::numeric * 1000)::bigint
RETURNING queue.name
