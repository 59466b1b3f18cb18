-- How workers run the kind $1, each way once, with who told so: those that live, or the others while none of them knows
-- the kind. The way of the worker that came last first, $2 of them at most.
WITH told AS MATERIALIZED (
    SELECT id, coalesce(app_version, version) AS version, kind_setups -> $1::text AS setup,
           ended_at IS NULL AND greatest(heartbeat_at, pg_postmaster_start_time()) >= clock_timestamp() - dead_after AS lives
    FROM task_tower.worker
    WHERE $1 = ANY (kinds) AND kind_setups ? $1
)
SELECT setup::text, array_agg(id ORDER BY id) AS workers, array_agg(DISTINCT version) AS versions, lives
FROM told
WHERE lives OR NOT EXISTS (SELECT FROM told WHERE lives)
GROUP BY setup, lives
ORDER BY max(id) DESC
LIMIT $2
