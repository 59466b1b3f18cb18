-- Changes a dead job, so that it runs otherwise when it is requeued. Null leaves a thing as it is.
UPDATE task_tower.history
SET queue = coalesce($2::text, queue),
    priority = coalesce($3::smallint, priority),
    payload = coalesce($4::text::jsonb, payload),
    tags = coalesce($5::text[], tags),
    max_retries = coalesce($6::integer, max_retries)
WHERE id = $1 AND state = 4
RETURNING id
