-- Groups of errors that have a text in their fingerprint, class or message, those that occurred last first. $1: the text,
-- in lowercase.
SELECT fingerprint, kind, class, message, queues, first_version
FROM task_tower.error_group
WHERE position($1 IN lower(fingerprint || ' ' || class || ': ' || message)) > 0
ORDER BY last_seen_at DESC, fingerprint
LIMIT 1000
