-- Gives a view another name. No row comes back when whoever saved it has another one by that name.
UPDATE task_tower.saved_view AS view
SET name = $2, changed_at = clock_timestamp()
WHERE view.id = $1
  AND NOT EXISTS (
      SELECT FROM task_tower.saved_view AS other
      WHERE other.actor = view.actor AND other.name = $2 AND other.id <> view.id
  )
RETURNING view.id
