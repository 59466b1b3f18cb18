-- Many finished jobs like the one that ran, a thousandth of a second apart, all of today. Their ids begin with their time,
-- as those of real jobs do.
INSERT INTO history (
    id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes, max_retries, priority,
    state, kind, queue, tags, payload, context, unique_key, timeout_ms, reason, result, events, error_group
)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(number::text), 1, 3) || '8'
        || substr(md5(number::text), 4, 15))::uuid,
    at, at, at, at, worker_id, lease, attempt, failures, crashes, max_retries, priority,
    state, kind, queue, tags, payload, context, unique_key, timeout_ms, reason, result, events, error_group
FROM history,
    generate_series(1, $1::bigint) AS number,
    LATERAL (SELECT greatest(date_trunc('day', now()), now() - number * interval '1 millisecond') AS at) AS moment
WHERE state = 3
