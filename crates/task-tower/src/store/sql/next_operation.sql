-- The oldest open operation that nobody works on, locked.
SELECT id, name, actor, action::text, filter, scope::text, created_before, created_at, stepped_at, ended_at, expected, done,
       skipped, skipped_states::text, last_job, cancel_requested, failure, undoes, undo_until, undone_at
FROM task_tower.operation
WHERE ended_at IS NULL
ORDER BY id
LIMIT 1
FOR UPDATE SKIP LOCKED
