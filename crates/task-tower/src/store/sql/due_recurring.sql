-- The recurring jobs that come next, those that are due first, each with how long it is until then; in the last row, which
-- has no name, whether some time waits for the end of an earlier job.
SELECT name, expression, zone, missed, missed_max, jitter_ms, next_at, skips_next, revision, clock_timestamp() AS now,
       (extract(epoch FROM next_at - clock_timestamp()) * 1000)::bigint AS due_in_ms
FROM (SELECT * FROM task_tower.recurring WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 50) AS soon
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, EXISTS (SELECT FROM task_tower.tick WHERE outcome = 'queued'), NULL,
       clock_timestamp(), NULL
