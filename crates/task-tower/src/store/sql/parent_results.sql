-- What the jobs returned that a job followed, in the order in which they were given: each with how it ended, and whether it
-- is still kept as completed.
SELECT dependency.parent_id, dependency.outcome, completed.id IS NOT NULL AS is_kept, completed.result::text
FROM task_tower.dependency
LEFT JOIN LATERAL (
    SELECT history.id, history.result
    FROM task_tower.history_completed AS history
    WHERE history.id = dependency.parent_id
    LIMIT 1
) AS completed ON true
WHERE dependency.child_id = $1
ORDER BY dependency.place
