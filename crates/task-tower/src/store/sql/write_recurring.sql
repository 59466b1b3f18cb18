-- Sets a recurring job: a new one, or one that the change holds.
INSERT INTO task_tower.recurring (
    name, kind, payload, queue, priority, max_retries, tags, timeout_ms, expression, zone, missed, missed_max,
    overlap, jitter_ms, next_at, skips_next, paused_at, paused_until, paused_by, paused_reason, source, code, is_edited)
VALUES ($1, $2, $3::text::jsonb, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
        $22::text::jsonb, $23)
ON CONFLICT (name) DO UPDATE
SET kind = EXCLUDED.kind, payload = EXCLUDED.payload, queue = EXCLUDED.queue, priority = EXCLUDED.priority,
    max_retries = EXCLUDED.max_retries, tags = EXCLUDED.tags, timeout_ms = EXCLUDED.timeout_ms,
    expression = EXCLUDED.expression, zone = EXCLUDED.zone, missed = EXCLUDED.missed,
    missed_max = EXCLUDED.missed_max, overlap = EXCLUDED.overlap, jitter_ms = EXCLUDED.jitter_ms,
    next_at = EXCLUDED.next_at, skips_next = EXCLUDED.skips_next, paused_at = EXCLUDED.paused_at,
    paused_until = EXCLUDED.paused_until, paused_by = EXCLUDED.paused_by, paused_reason = EXCLUDED.paused_reason,
    source = EXCLUDED.source, code = EXCLUDED.code, is_edited = EXCLUDED.is_edited,
    revision = recurring.revision + 1, changed_at = clock_timestamp()
RETURNING revision
