-- Inserts many new jobs into the batch $14 in one statement, as enqueue.sql does, and notes for the batch how many. $15 is a
-- job of the batch on whose behalf they come, since the batch may be closed to others.
WITH entered AS MATERIALIZED (
    SELECT task_tower.enter_batch($14::uuid, $15::uuid) AS batch_id
),
counted AS (
    INSERT INTO task_tower.batch_delta (batch_id, total)
    SELECT batch_id, cardinality($1::uuid[]) FROM entered
)
INSERT INTO task_tower.job (id, kind, queue, priority, max_retries, timeout_ms, tags, payload, context, run_at, trace_context, batch_id)
SELECT id, kind, queue, priority, max_retries, timeout_ms,
       CASE WHEN tags = '' THEN '{}' ELSE string_to_array(tags, ',') END,
       payload::jsonb, context::jsonb,
       CASE
           WHEN run_at IS NOT NULL THEN greatest(run_at, clock_timestamp())
           WHEN months = 0 AND milliseconds = 0 THEN clock_timestamp()
           ELSE (clock_timestamp() AT TIME ZONE 'UTC'
                 + make_interval(months => months, secs => milliseconds / 1000.0)) AT TIME ZONE 'UTC'
       END,
       trace_context, entered.batch_id
FROM entered
CROSS JOIN unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::integer[], $6::bigint[], $7::text[],
                  $8::text[], $9::text[], $10::timestamptz[], $11::integer[], $12::bigint[], $13::text[])
  AS new (id, kind, queue, priority, max_retries, timeout_ms, tags, payload, context, run_at, months, milliseconds, trace_context)
