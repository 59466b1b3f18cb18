-- Groups of errors, those that occurred last first. $1: unresolved, muted, resolved or null for any; $2 terms, all
-- of which they fit, as count_errors.sql has them; $3 fingerprint, null for any. $4 limit; jobs of a group are counted up to $5.
WITH page AS MATERIALIZED (
    SELECT fingerprint, kind, class, message, first_seen_at, last_seen_at, first_version, last_version,
           occurrences, sample_job, queues, resolved_at, resolved_by, regressed_at, muted_until
    FROM task_tower.error_group
    WHERE ($1::text IS NULL OR $1 = CASE WHEN resolved_at IS NOT NULL THEN 'resolved'
                                         WHEN muted_until > now() THEN 'muted'
                                         ELSE 'unresolved' END)
      AND ($3::text IS NULL OR fingerprint = $3)
      AND NOT EXISTS (
          SELECT FROM jsonb_to_recordset($2::text::jsonb) AS term (key text, negated boolean, patterns text[])
          WHERE term.negated = CASE term.key
              WHEN 'kind' THEN kind LIKE ANY (term.patterns)
              WHEN 'queue' THEN EXISTS (SELECT FROM unnest(queues) AS queue (name) WHERE queue.name LIKE ANY (term.patterns))
              WHEN 'version' THEN coalesce(first_version, '') LIKE ANY (term.patterns)
              ELSE lower(fingerprint || ' ' || class || ': ' || message) LIKE ANY (term.patterns) END)
    ORDER BY last_seen_at DESC, fingerprint
    LIMIT $4
)
SELECT page.fingerprint, page.kind, page.class, page.message, page.first_seen_at, page.last_seen_at, page.first_version,
       page.last_version, page.occurrences, page.sample_job, page.queues, page.resolved_at, page.resolved_by, page.regressed_at, page.muted_until,
       minutes.hour, minutes.minutes, hours.three_hours, hours.day, hours.three_days, hours.week, dead.count AS dead,
       retrying.count AS retrying
FROM page
CROSS JOIN LATERAL (
    SELECT coalesce(sum(tally.count), 0)::bigint AS hour,
           array_agg(coalesce(tally.count, 0) ORDER BY minute.at) AS minutes
    FROM generate_series(date_trunc('minute', now(), 'UTC') - interval '59 minutes', now(), interval '1 minute') AS minute (at)
    LEFT JOIN task_tower.error_tally AS tally
        ON tally.fingerprint = page.fingerprint AND tally.step = 1 AND tally.at = minute.at
) AS minutes
CROSS JOIN LATERAL (
    SELECT coalesce(sum(count) FILTER (WHERE at > now() - interval '3 hours'), 0)::bigint AS three_hours,
           coalesce(sum(count) FILTER (WHERE at > now() - interval '1 day'), 0)::bigint AS day,
           coalesce(sum(count) FILTER (WHERE at > now() - interval '3 days'), 0)::bigint AS three_days,
           coalesce(sum(count), 0)::bigint AS week
    FROM task_tower.error_tally
    WHERE fingerprint = page.fingerprint AND step = 60 AND at > now() - interval '7 days'
) AS hours
CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT FROM task_tower.history_dead WHERE error_group = page.fingerprint LIMIT $5) AS found
) AS dead
CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT FROM task_tower.job WHERE error_group = page.fingerprint AND (retrying OR state = 1) LIMIT $5) AS found
) AS retrying
ORDER BY page.last_seen_at DESC, page.fingerprint
