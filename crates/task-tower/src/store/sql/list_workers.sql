-- Workers, the living first, then those that ended lately; only $1 when it is one. Who was not heard of for its dead_after
-- is dead, also while no worker lives that could find it so. After a restart of the server all are heard of anew.
SELECT id, host, process_id, version, slots, busy, kinds, queues, started_at, heartbeat_at,
       CASE WHEN told.is_silent THEN told.dead_at ELSE ended_at END AS ended_at,
       CASE WHEN told.is_silent THEN 'silent' ELSE ended_how END AS ended_how,
       app_version, running, command, queue_prioritization, queue_priorities::text, memory_bytes, by_redis
FROM task_tower.worker
CROSS JOIN LATERAL (SELECT greatest(heartbeat_at, pg_postmaster_start_time()) + dead_after AS dead_at) AS limits
CROSS JOIN LATERAL (SELECT limits.dead_at, ended_at IS NULL AND limits.dead_at < clock_timestamp() AS is_silent) AS told
WHERE $1::bigint IS NULL OR id = $1
ORDER BY ended_at IS NOT NULL OR told.is_silent, ended_at DESC, id
LIMIT 200
