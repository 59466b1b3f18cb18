-- What is in each queue, once a minute, and what came in the minute that ended at least 5 s ago: ids tell
-- when they were made. The row with the empty queue is taken by one worker only; the others do nothing. It says how long
-- the oldest transaction of another session is open.
--
-- At most 1,000,001 arrivals are counted in either table. Running jobs are found by what the workers told,
-- failed ones by their error group, since nothing but the claim's own index is on what a claim changes.
WITH taken AS (
    INSERT INTO task_tower.depth (at, queue, oldest_transaction_ms)
    VALUES (date_trunc('minute', clock_timestamp() - interval '5 s', 'UTC'), '', coalesce(
        -- The one that the doctor tells, without looking up the names of roles and databases.
        (SELECT greatest(round(extract(epoch FROM clock_timestamp() - xact_start) * 1000), 0)
         FROM pg_stat_get_activity(NULL::integer)
         WHERE pid <> pg_backend_pid()
           AND (datid = (SELECT own.datid FROM pg_stat_get_activity(pg_backend_pid()) AS own) OR datid IS NULL OR datid = 0)
           AND xact_start IS NOT NULL
           AND backend_type <> 'autovacuum worker'
         ORDER BY backend_xid IS NOT NULL OR backend_xmin IS NOT NULL DESC, xact_start
         LIMIT 1), 0))
    ON CONFLICT (at, queue) DO NOTHING
    RETURNING at
),
range AS MATERIALIZED (
    SELECT at,
           task_tower.first_id(at - interval '1 minute') AS first_id,
           task_tower.first_id(at) AS end_id
    FROM taken
),
arrived AS MATERIALIZED (
    SELECT kind, queue, count(*) AS count
    FROM (
        (
            SELECT job.kind, job.queue
            FROM range
            CROSS JOIN LATERAL (
                SELECT kind, queue FROM task_tower.job WHERE id >= range.first_id AND id < range.end_id LIMIT 1000001
            ) AS job
        )
        UNION ALL
        (
            SELECT history.kind, history.queue
            FROM range
            CROSS JOIN LATERAL (
                SELECT kind, queue FROM task_tower.history WHERE id >= range.first_id AND id < range.end_id LIMIT 1000001
            ) AS history
        )
    ) AS created
    GROUP BY kind, queue
),
by_axis AS (
    SELECT 'all' AS axis, '' AS name, sum(count)::bigint AS count FROM arrived HAVING count(*) > 0
    UNION ALL
    SELECT 'kind', kind, sum(count)::bigint FROM arrived GROUP BY kind
    UNION ALL
    SELECT 'queue', queue, sum(count)::bigint FROM arrived GROUP BY queue
),
counted AS (
    INSERT INTO task_tower.tally AS tally (axis, name, step, at, enqueued)
    SELECT by_axis.axis, by_axis.name, span.step, date_trunc(span.unit, range.at - interval '1 minute', 'UTC'), by_axis.count
    FROM by_axis
    CROSS JOIN range
    CROSS JOIN (VALUES (1::smallint, 'minute'), (60::smallint, 'hour')) AS span (step, unit)
    ORDER BY by_axis.axis, by_axis.name, span.step
    ON CONFLICT (axis, name, step, at) DO UPDATE SET enqueued = tally.enqueued + excluded.enqueued
),
running AS MATERIALIZED (
    SELECT job.queue, count(*) AS count
    FROM range
    CROSS JOIN task_tower.worker
    CROSS JOIN LATERAL unnest(worker.running) AS held (id)
    -- Each by its id: a join could as well read all jobs to find these.
    CROSS JOIN LATERAL (
        SELECT queue FROM task_tower.job WHERE id = held.id AND state = 1 LIMIT 1
    ) AS job
    WHERE worker.ended_at IS NULL
    GROUP BY job.queue
),
failed AS MATERIALIZED (
    SELECT queue, count(*) AS count
    FROM range
    CROSS JOIN LATERAL (
        SELECT queue
        FROM task_tower.job
        WHERE error_group IS NOT NULL AND retrying AND state = 0 AND run_at > now()
        LIMIT 100001
    ) AS waiting
    GROUP BY queue
)
INSERT INTO task_tower.depth (at, queue, scheduled, enqueued, processing, failed)
SELECT range.at, known.queue, greatest(later.count - coalesce(failed.count, 0), 0), due.count,
       least(coalesce(running.count, 0), 10001), least(coalesce(failed.count, 0), 10001)
FROM range
CROSS JOIN (SELECT queue, array_agg(DISTINCT priority) AS priorities FROM task_tower.lane GROUP BY queue) AS known
LEFT JOIN failed ON failed.queue = known.queue
LEFT JOIN running ON running.queue = known.queue
CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT FROM task_tower.job
        WHERE job.queue = known.queue AND job.priority = ANY (known.priorities)
          AND job.state = 0 AND job.run_at <= now() LIMIT 10001) AS found) AS due
CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT FROM task_tower.job
        WHERE job.queue = known.queue AND job.priority = ANY (known.priorities)
          AND job.state = 0 AND job.run_at > now() AND job.run_at < 'infinity' LIMIT 10001 + coalesce(failed.count, 0)) AS found) AS later
WHERE due.count > 0 OR later.count > 0 OR running.count > 0 OR failed.count > 0
