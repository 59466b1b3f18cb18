-- Enqueues one job by the documented function, in the caller's own transaction. Only plain types
-- are bound, so that every driver can. $13 is its unique key, or else $14 says, as a JSON array, of
-- which fields of the payload it is made: [] for the whole. $15 is its trace. $16 is its batch, and $17 a job of that on whose behalf it comes.
-- $18 are the jobs that it awaits, and $19 is what becomes of it when one does not complete.
SELECT task_tower.enqueue(
    kind => $1::text,
    payload => $2::text::jsonb,
    queue => $3::text,
    run_at => $4::text::timestamptz,
    delay => $5::text::interval,
    priority => $6::integer,
    max_retries => $7::integer,
    tags => CASE WHEN $8::text = '' THEN '{}' ELSE string_to_array($8::text, ',') END,
    timeout => $9::text::interval,
    context => $10::text::jsonb,
    id => $11::text::uuid,
    payload_bytes_max => $12::integer,
    unique_key => coalesce($13::text, CASE WHEN $14::text IS NOT NULL THEN
        task_tower.payload_key($2::text::jsonb, ARRAY(SELECT jsonb_array_elements_text($14::text::jsonb))) END),
    trace_context => $15::text,
    batch_id => $16::text::uuid,
    from_job => $17::text::uuid,
    after => string_to_array($18::text, ',')::uuid[],
    if_parent_dies => $19::text
)::text AS answer
