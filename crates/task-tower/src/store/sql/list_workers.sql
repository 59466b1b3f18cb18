-- Workers, the living first, then those that ended lately; only $1 when it is one.
SELECT id, host, process_id, version, slots, busy, kinds, queues, started_at, heartbeat_at, ended_at, ended_how,
       app_version, running, command, queue_prioritization, queue_priorities::text
FROM task_tower.worker
WHERE $1::bigint IS NULL OR id = $1
ORDER BY ended_at IS NOT NULL, ended_at DESC, id
LIMIT 200
