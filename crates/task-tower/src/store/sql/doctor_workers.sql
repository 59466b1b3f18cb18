-- The workers that live, those that ought to, and those that fell silent within the last hour; whether the session
-- in which each listens is there, when it was last notified, whether Redis wakes it, and how far its clock is ahead.
SELECT host, process_id, ended_at IS NULL AND heard_at >= clock_timestamp() - dead_after AS alive, heard_at,
       session_pid IN (SELECT pid FROM pg_stat_activity) AS listens, notified_at, by_redis, clock_skew_ms
FROM (
    SELECT host, process_id, ended_at, ended_how, dead_after, id, session_pid, notified_at, by_redis, clock_skew_ms,
           -- While the server was away nobody could be heard.
           CASE WHEN ended_at IS NULL THEN greatest(heartbeat_at, pg_postmaster_start_time()) ELSE heartbeat_at END AS heard_at
    FROM task_tower.worker
) AS worker
WHERE ended_at IS NULL OR (ended_how = 'silent' AND ended_at > clock_timestamp() - interval '1 hour')
ORDER BY heard_at DESC, id
LIMIT 1000
