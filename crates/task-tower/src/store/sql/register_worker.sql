-- A process begins to work, and says what its kinds are called, of what their interceptors
-- are to be told, and of which version of the program it is.
WITH named AS (
    INSERT INTO task_tower.kind (name, display_name, stages, expected_ms)
    SELECT name, display_name,
           array_remove(ARRAY[CASE WHEN name = ANY ($15::text[]) THEN 'cancel' END,
                              CASE WHEN name = ANY ($16::text[]) THEN 'requeue' END], NULL),
           expected_ms
    FROM unnest($5::text[], $6::text[], $17::bigint[]) AS kind (name, display_name, expected_ms)
    ORDER BY name
    ON CONFLICT (name) DO UPDATE SET display_name = excluded.display_name, stages = excluded.stages,
        expected_ms = excluded.expected_ms
    WHERE (kind.display_name, kind.stages, kind.expected_ms)
          IS DISTINCT FROM (excluded.display_name, excluded.stages, excluded.expected_ms)
),
deployed AS (
    INSERT INTO task_tower.deploy (app_version)
    SELECT $10::text WHERE $10 IS NOT NULL
    ON CONFLICT (app_version) DO UPDATE SET last_at = excluded.last_at
)
INSERT INTO task_tower.worker (
    host, process_id, version, slots, kinds, death_kinds, cancel_kinds, queues, dead_after, app_version, command,
    queue_prioritization, queue_priorities, kind_setups)
VALUES ($1, $2, $3, $4, $5, $7, $15, $8, make_interval(secs => $9::bigint / 1000.0), $10, $11, $12, $13::text::jsonb,
        $14::text::jsonb)
RETURNING id
