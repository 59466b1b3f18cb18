-- Adds the failures that the worker $1 counted to their groups, as flush_tally.sql does. A group that is
-- resolved and occurs again is not resolved any more; what occurred before it was resolved does not count
-- for that, though it may be flushed after it.
WITH fresh AS (
    INSERT INTO task_tower.flush AS flush (worker_id, part, number)
    VALUES ($1, 'errors', $2)
    ON CONFLICT (worker_id, part) DO UPDATE SET number = excluded.number WHERE flush.number < excluded.number
    RETURNING number
),
new AS MATERIALIZED (
    SELECT new.fingerprint, new.kind, new.class, new.message, new.count, new.job, string_to_array(new.queues, E'\n') AS queues,
           new.version, clock_timestamp() - make_interval(secs => new.age_ms / 1000.0) AS seen_at
    FROM fresh
    CROSS JOIN unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::uuid[], $10::text[], $11::text[])
        AS new (fingerprint, kind, class, message, count, age_ms, job, queues, version)
),
grouped AS (
    INSERT INTO task_tower.error_group AS known (
        fingerprint, kind, class, message, first_seen_at, last_seen_at, first_version, last_version, occurrences, sample_job, queues)
    SELECT fingerprint, kind, class, message, seen_at, seen_at, version, version, count, job, queues
    FROM new
    ORDER BY fingerprint
    ON CONFLICT (fingerprint) DO UPDATE
    SET last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
        last_version = CASE WHEN excluded.last_seen_at >= known.last_seen_at THEN excluded.last_version ELSE known.last_version END,
        occurrences = known.occurrences + excluded.occurrences,
        sample_job = excluded.sample_job,
        queues = CASE WHEN known.queues @> excluded.queues THEN known.queues
                      ELSE (task_tower.merge_tags(known.queues, excluded.queues))[1:32] END,
        regressed_at = CASE WHEN known.resolved_at < excluded.last_seen_at THEN excluded.last_seen_at ELSE known.regressed_at END,
        resolved_by = CASE WHEN known.resolved_at < excluded.last_seen_at THEN NULL ELSE known.resolved_by END,
        resolved_at = CASE WHEN known.resolved_at < excluded.last_seen_at THEN NULL ELSE known.resolved_at END
)
INSERT INTO task_tower.error_tally AS tally (fingerprint, step, at, count)
SELECT new.fingerprint, span.step, date_trunc(span.unit, now(), 'UTC'), new.count
FROM new
CROSS JOIN (VALUES (1::smallint, 'minute'), (60::smallint, 'hour')) AS span (step, unit)
ORDER BY new.fingerprint, span.step
ON CONFLICT (fingerprint, step, at) DO UPDATE SET count = tally.count + excluded.count
