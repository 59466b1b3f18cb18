-- Enqueues unique jobs, single ones of a batch, and such that await others, each by the documented function: its answer is the id of the job, or of
-- the live job that has its key. An array of each column, as for enqueue.sql. $14 is the unique key of
-- all of them, or else $15 names the fields of the payload that each one's is made of: {} for the whole; both are
-- null for jobs that are not unique. $16 is their batch, and $17 a job of that on whose behalf they come. $18 are
-- the jobs that they await, and $19 is what becomes of them when one does not complete.
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
    trace_context => trace_context,
    unique_key => coalesce($14::text, CASE WHEN $15::text[] IS NOT NULL THEN task_tower.payload_key(payload::jsonb, $15) END),
    batch_id => $16::uuid,
    from_job => $17::uuid,
    after => $18::uuid[],
    if_parent_dies => $19::text
)
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::integer[], $6::bigint[], $7::text[],
            $8::text[], $9::text[], $10::timestamptz[], $11::integer[], $12::bigint[], $13::text[])
  WITH ORDINALITY
  AS new (id, kind, queue, priority, max_retries, timeout_ms, tags, payload, context, run_at, months, milliseconds,
          trace_context, place)
ORDER BY place
