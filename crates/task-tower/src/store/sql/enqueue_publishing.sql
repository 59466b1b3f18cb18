-- Inserts many new jobs as enqueue.sql does, for a client that can publish by Redis: it asks by itself whether workers
-- sleep, in place of the trigger. Returns the queues of whose jobs the client has to tell after the commit.
WITH inserted AS (
    INSERT INTO task_tower.job (id, kind, queue, priority, max_retries, timeout_ms, tags, payload, context, run_at,
                                trace_context)
    SELECT id, kind, queue, priority, max_retries, timeout_ms,
           CASE WHEN tags = '' THEN '{}' ELSE string_to_array(tags, ',') END,
           payload::jsonb, context::jsonb,
           CASE
               WHEN run_at IS NOT NULL THEN greatest(run_at, clock_timestamp())
               WHEN months = 0 AND milliseconds = 0 THEN clock_timestamp()
               ELSE (clock_timestamp() AT TIME ZONE 'UTC'
                     + make_interval(months => months, secs => milliseconds / 1000.0)) AT TIME ZONE 'UTC'
           END,
           trace_context
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::integer[], $6::bigint[], $7::text[],
                $8::text[], $9::text[], $10::timestamptz[], $11::integer[], $12::bigint[], $13::text[])
      AS new (id, kind, queue, priority, max_retries, timeout_ms, tags, payload, context, run_at, months, milliseconds,
              trace_context)
    WHERE set_config('tower.announced', 'on', true) IS NOT NULL
    RETURNING queue, priority, run_at
),
lane AS MATERIALIZED (
    -- All of them are in before anybody is asked.
    SELECT queue, priority, min(run_at) AS first_run_at FROM inserted GROUP BY queue, priority
)
SELECT queue
FROM lane
WHERE task_tower.wake(queue, priority, first_run_at, true) = -1
