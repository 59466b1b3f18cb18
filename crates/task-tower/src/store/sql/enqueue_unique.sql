-- Enqueues unique jobs, each by the documented function: its answer is the id of the job, or of the
-- live job that has its key. An array of each column, as for enqueue.sql. $14 is the unique key of
-- all of them, or else $15 names the fields of the payload that each one's is made of: {} for the whole.
SELECT task_tower.enqueue(
    kind => kind,
    payload => payload::jsonb,
    queue => queue,
    run_at => run_at,
    delay => CASE WHEN run_at IS NULL THEN make_interval(months => months, secs => milliseconds / 1000.0) END,
    priority => priority,
    max_retries => max_retries,
    tags => CASE WHEN tags = '' THEN '{}' ELSE string_to_array(tags, ',') END,
    timeout => make_interval(secs => timeout_ms / 1000.0),
    context => context::jsonb,
    id => id,
    payload_bytes_max => 2147483647,
    unique_key => coalesce($14::text, task_tower.payload_key(payload::jsonb, $15::text[])),
    trace_context => trace_context
)
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::integer[], $6::bigint[], $7::text[],
            $8::text[], $9::text[], $10::timestamptz[], $11::integer[], $12::bigint[], $13::text[])
  WITH ORDINALITY
  AS new (id, kind, queue, priority, max_retries, timeout_ms, tags, payload, context, run_at, months, milliseconds,
          trace_context, place)
ORDER BY place
