-- Many finished jobs like the one that ran.
INSERT INTO job (state, created_at, finished_at, payload)
SELECT state, created_at, finished_at, payload
FROM job, generate_series(1, $1::bigint)
WHERE state = 2
