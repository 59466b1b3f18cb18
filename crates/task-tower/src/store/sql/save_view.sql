-- Saves a view, in the place of the one that this actor has by its name. No row comes back when they have $6 others.
INSERT INTO task_tower.saved_view (name, filter, columns, actor, is_shared)
SELECT $1::text, $2::text, $3::text, $4::text, $5::boolean
WHERE (SELECT count(*) FROM task_tower.saved_view WHERE actor = $4 AND name <> $1) < $6::bigint
ON CONFLICT (actor, name) DO UPDATE
SET filter = excluded.filter, columns = excluded.columns, is_shared = excluded.is_shared, changed_at = clock_timestamp()
RETURNING id
