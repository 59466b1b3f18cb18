-- How many groups of errors are unresolved, muted and resolved.
SELECT count(*) FILTER (WHERE resolved_at IS NULL AND (muted_until > now()) IS NOT TRUE),
       count(*) FILTER (WHERE resolved_at IS NULL AND muted_until > now()),
       count(*) FILTER (WHERE resolved_at IS NOT NULL)
FROM task_tower.error_group
