-- Deals with times of the recurring job $1 that have come: what is to become of each ($6), with which id and when its job
-- would run. It does so only as long as the job is as it was when this was planned: at the revision $2, with $3 for the
-- first time that nobody has dealt with, which becomes $4. So of many workers that come at once, and of a worker that
-- comes twice because an answer was lost, one enqueues. While the job of an earlier time lives, the job's own rule decides.
WITH held AS MATERIALIZED (
    UPDATE task_tower.recurring
    SET next_at = $4, skips_next = false,
        -- It is due, so what it was paused for is over.
        paused_at = NULL, paused_until = NULL, paused_by = NULL, paused_reason = NULL
    WHERE name = $1 AND revision = $2 AND next_at = $3 AND next_at <= clock_timestamp()
    RETURNING name, kind, payload, queue, priority, max_retries, tags, timeout_ms, overlap
),
before AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM task_tower.tick WHERE tick.recurring = held.name AND tick.outcome = 'queued') AS has_queued,
           EXISTS (
               SELECT FROM (
                   SELECT tick.job_id FROM task_tower.tick
                   WHERE tick.recurring = held.name AND tick.job_id IS NOT NULL
                   ORDER BY tick.tick_at DESC LIMIT 100
               ) AS ran
               WHERE (SELECT true FROM task_tower.job WHERE job.id = ran.job_id LIMIT 1)
           ) AS has_living
    FROM held WHERE held.overlap <> 'allow'
),
wanted AS (
    SELECT tick_at, outcome, id, run_at, missed, row_number() OVER (PARTITION BY outcome ORDER BY tick_at) AS place
    FROM unnest($5::timestamptz[], $6::text[], $7::uuid[], $8::timestamptz[], $9::integer[])
        AS wanted (tick_at, outcome, id, run_at, missed)
),
planned AS MATERIALIZED (
    SELECT tick_at, id, run_at, missed,
           CASE WHEN outcome <> 'enqueued' OR overlap = 'allow' THEN outcome
                WHEN place = 1 AND NOT has_living AND NOT has_queued THEN outcome
                WHEN overlap = 'queue' AND NOT has_queued AND place = CASE WHEN has_living THEN 1 ELSE 2 END THEN 'queued'
                ELSE 'overlap' END AS outcome
    FROM held CROSS JOIN wanted LEFT JOIN before ON true
),
noted AS (
    INSERT INTO task_tower.tick (recurring, tick_at, job_id, outcome, missed)
    SELECT held.name, tick_at, CASE outcome WHEN 'enqueued' THEN id END, outcome, missed
    FROM planned CROSS JOIN held
    ON CONFLICT DO NOTHING
    RETURNING tick_at, job_id
),
made AS (
    INSERT INTO task_tower.job (id, run_at, kind, payload, queue, priority, max_retries, tags, timeout_ms)
    -- Not earlier than now: claims do not look back.
    SELECT noted.job_id, greatest(planned.run_at, clock_timestamp()), kind, payload, queue, priority, max_retries, tags, timeout_ms
    FROM noted JOIN planned ON planned.tick_at = noted.tick_at CROSS JOIN held
    WHERE noted.job_id IS NOT NULL
    RETURNING id
)
SELECT (SELECT count(*) FROM made) AS made
FROM held
