-- How a queue is set, held until its change is done. No row: nothing is set.
SELECT jsonb_build_object('paused_at', paused_at, 'paused_reason', paused_reason, 'paused_by', paused_by)::text
FROM task_tower.queue
WHERE name = $1
FOR UPDATE
