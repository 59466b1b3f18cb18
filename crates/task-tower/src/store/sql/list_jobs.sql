-- A page of jobs. Its places are filled in by store/search: where the search has to end, what the inverted index
-- found, and the rows of the page, each with its id, its source (0 for a live job, else the number of its state in
-- the history) and when it ended. Everything else is read for the rows of the page only. There is always a row, for
-- how the search went; its id is null when nothing was found.
WITH horizon AS MATERIALIZED (
    {horizon}
),
matched AS MATERIALIZED (
    {matched}
),
page AS MATERIALIZED (
    {page}
)
SELECT job.id, job.kind, job.display_name, job.queue, job.state, job.retrying, job.priority, job.attempt, job.failures,
       job.crashes, job.max_retries, job.tags, job.batch_id, job.unique_key, job.timeout_ms, job.created_at, job.run_at,
       job.is_awaiting, job.attempted_at, job.finished_at, job.worker_id, job.cancel_requested, job.reason, job.payload,
       NULL::text AS context, NULL::text AS result, NULL::text AS events, job.due,
       (SELECT horizon.id FROM horizon) AS horizon, (SELECT count(*) FROM matched) AS matched
FROM (VALUES (1)) AS searched
LEFT JOIN (
    SELECT row.id, row.kind, kind.display_name, row.queue, row.state, row.retrying, row.priority, row.attempt, row.failures,
           row.crashes, row.max_retries, row.tags, row.batch_id, row.unique_key, row.timeout_ms, row.created_at, row.run_at,
           row.is_awaiting, row.attempted_at, row.finished_at, row.worker_id, row.cancel_requested, row.reason, row.payload, row.due
    FROM page
    CROSS JOIN LATERAL (
        SELECT job.id, job.kind, job.queue, job.state, job.retrying, job.priority, job.attempt, job.failures, job.crashes,
               job.max_retries, job.tags, job.batch_id, job.unique_key, job.timeout_ms, job.created_at,
               CASE WHEN job.run_at = 'infinity' THEN job.created_at ELSE job.run_at END AS run_at,
               job.run_at = 'infinity' AS is_awaiting, job.attempted_at,
               NULL::timestamptz AS finished_at, job.worker_id, job.cancel_requested, NULL::text AS reason,
               left(job.payload::text, 1000) AS payload, job.run_at <= clock_timestamp() AS due
        FROM task_tower.job
        WHERE page.source = 0 AND job.id = page.id
        UNION ALL
        SELECT history.id, history.kind, history.queue, history.state, false, history.priority, history.attempt,
               history.failures, history.crashes, history.max_retries, history.tags, history.batch_id, history.unique_key,
               history.timeout_ms, history.created_at,
               CASE WHEN history.run_at = 'infinity' THEN history.created_at ELSE history.run_at END, false, history.attempted_at, history.finished_at,
               history.worker_id, false, history.reason, left(history.payload::text, 1000), true
        FROM task_tower.history
        WHERE history.state = page.source AND history.finished_at = page.finished_at AND history.id = page.id
    ) AS row
    LEFT JOIN task_tower.kind ON kind.name = row.kind
) AS job ON true
ORDER BY job.{order}
