-- Notes what a person says of groups of errors: resolved by $2, muted until $3, or neither. In the order of
-- the fingerprints, as flushes lock them.
WITH wanted AS MATERIALIZED (
    SELECT fingerprint
    FROM task_tower.error_group
    WHERE fingerprint = ANY ($1::text[])
    ORDER BY fingerprint
    FOR UPDATE
)
UPDATE task_tower.error_group
SET resolved_at = CASE WHEN $2::text IS NOT NULL THEN clock_timestamp() END,
    resolved_by = $2,
    muted_until = $3::timestamptz
FROM wanted
WHERE error_group.fingerprint = wanted.fingerprint
RETURNING error_group.fingerprint
