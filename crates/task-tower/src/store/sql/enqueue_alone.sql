-- Inserts one new job, as enqueue.sql does, without what a dozen arrays and a trigger with a table of new rows cost:
-- it asks by itself whether workers sleep. $14 is when an earlier statement asked for this lane and heard that none
-- does, in microseconds since 1970, or 0. Within 5 ms of that, it is not asked again; a worker that is about to sleep
-- waits for as long. That is looked at when the row is in, so that the worker can then wait for our transaction.
-- Returns when this one heard so, or 0; or -1 when those who sleep are to be woken by Redis after the commit, which $15
-- says that the client can.
INSERT INTO task_tower.job (id, kind, queue, priority, max_retries, timeout_ms, tags, payload, context, run_at,
                            trace_context)
SELECT $1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9::text::jsonb,
       CASE
           WHEN $10::timestamptz IS NOT NULL THEN greatest($10, clock_timestamp())
           WHEN $11::integer = 0 AND $12::bigint = 0 THEN clock_timestamp()
           ELSE (clock_timestamp() AT TIME ZONE 'UTC'
                 + make_interval(months => $11, secs => $12 / 1000.0)) AT TIME ZONE 'UTC'
       END,
       $13::text
WHERE set_config('tower.announced', 'on', true) IS NOT NULL
RETURNING CASE
              WHEN to_timestamp($14::bigint / 1000000.0) BETWEEN clock_timestamp() - interval '5 ms' AND clock_timestamp() THEN 0
              ELSE task_tower.wake(queue, priority, run_at, $15)
          END
