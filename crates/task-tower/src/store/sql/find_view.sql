-- A view that this actor may change, and nobody else does before this transaction ends: one of their own, or of all.
SELECT id, name, filter, columns, actor, is_shared, changed_at
FROM task_tower.saved_view
WHERE id = $1 AND (actor = $2 OR is_shared)
FOR UPDATE
