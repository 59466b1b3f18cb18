-- The views that this actor has saved, and those that others have saved for all.
SELECT id, name, filter, columns, actor, is_shared, changed_at
FROM task_tower.saved_view
WHERE actor = $1 OR is_shared
ORDER BY actor <> $1, lower(name), name, id
LIMIT $2
