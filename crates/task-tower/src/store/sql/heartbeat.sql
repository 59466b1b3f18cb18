-- A worker is alive, tells what it runs, and hears what it is asked to do, and whether others are silent, as
-- bury_workers.sql has it. No row comes back when it was declared dead: its jobs then belong to others.
UPDATE task_tower.worker
SET heartbeat_at = clock_timestamp(),
    busy = $2,
    running = $3,
    memory_bytes = $6,
    by_redis = $7,
    session_pid = pg_backend_pid(),
    notified_at = clock_timestamp() - $5::bigint * interval '1 millisecond',
    clock_skew_ms = round(extract(epoch FROM $4::timestamptz - clock_timestamp()) * 1000)
WHERE id = $1 AND ended_at IS NULL
RETURNING command, EXISTS (
    SELECT FROM task_tower.worker AS other
    WHERE other.id <> $1
      AND other.ended_at IS NULL
      AND greatest(other.heartbeat_at, pg_postmaster_start_time()) < clock_timestamp() - other.dead_after
)
