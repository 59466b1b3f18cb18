-- Enqueues one job by the documented function, as a person wrote it down. What is null is as usual. The answer is its
-- id $12, or that of the live job that has its unique key.
SELECT task_tower.enqueue(
    kind => $1::text,
    payload => $2::text::jsonb,
    queue => coalesce($3::text, 'default'),
    run_at => $4::timestamptz,
    delay => make_interval(secs => $5::bigint / 1000.0),
    priority => coalesce($6::smallint, 0),
    max_retries => coalesce($7::integer, 10),
    tags => $8::text[],
    timeout => make_interval(secs => $9::bigint / 1000.0),
    context => $10::text::jsonb,
    payload_bytes_max => 2147483647,
    unique_key => $11::text,
    id => $12::uuid
)
