-- Forgets a view.
DELETE FROM task_tower.saved_view WHERE id = $1 RETURNING id
