-- Forgets the images of operations that cannot be undone any more, and operations older than the audit.
WITH forgotten AS (
    DELETE FROM task_tower.operation WHERE created_at < clock_timestamp() - interval '365 days'
)
DELETE FROM task_tower.operation_item
WHERE operation_id IN (
    SELECT DISTINCT item.operation_id
    FROM task_tower.operation_item AS item
    LEFT JOIN task_tower.operation ON operation.id = item.operation_id
    WHERE operation.id IS NULL
       OR operation.ended_at IS NOT NULL
          AND coalesce(operation.undo_until, operation.ended_at) < clock_timestamp() - interval '10 min'
)
