-- Pauses those of the queues $1 that are not paused, all at the same moment. Nothing of them is claimed from this
-- commit on. Rows are taken in the order of their names, as always.
WITH moment AS MATERIALIZED (
    SELECT clock_timestamp() AS at
)
INSERT INTO task_tower.queue (name, paused_at, paused_reason, paused_by)
SELECT wanted.name, moment.at, $2, $3
FROM unnest($1::text[]) AS wanted (name)
CROSS JOIN moment
ORDER BY wanted.name
ON CONFLICT (name) DO UPDATE
SET paused_at = excluded.paused_at, paused_reason = excluded.paused_reason, paused_by = excluded.paused_by
WHERE queue.paused_at IS NULL
RETURNING name, '{}' AS before,
          jsonb_build_object('paused_at', paused_at, 'paused_reason', paused_reason, 'paused_by', paused_by)::text AS after
