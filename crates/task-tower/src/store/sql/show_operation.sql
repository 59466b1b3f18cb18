-- One operation.
SELECT id, name, actor, action::text, filter, scope::text, created_before, created_at, stepped_at, ended_at, expected, done,
       skipped, skipped_states::text, last_job, cancel_requested, failure, undoes, undo_until, undone_at
FROM task_tower.operation
WHERE id = $1
