-- How many jobs there are by state, each counted up to $1 and no further: a page must not wait
-- until a million rows are counted. States as numbers of list_jobs.sql.
SELECT number::smallint, count
FROM (VALUES
    (0, (SELECT count(*) FROM (SELECT FROM task_tower.job WHERE state = 0 AND run_at > clock_timestamp() AND NOT retrying LIMIT $1) AS found)),
    (1, (SELECT count(*) FROM (SELECT FROM task_tower.job WHERE state = 0 AND run_at <= clock_timestamp() LIMIT $1) AS found)),
    (2, (SELECT count(*) FROM (
            SELECT FROM task_tower.worker
            JOIN LATERAL generate_series(1, worker.busy) ON true
            WHERE ended_at IS NULL LIMIT $1) AS found)),
    (3, (SELECT count(*) FROM (SELECT FROM task_tower.history_completed LIMIT $1) AS found)),
    (4, (SELECT count(*) FROM (SELECT FROM task_tower.history_dead LIMIT $1) AS found)),
    (5, (SELECT count(*) FROM (SELECT FROM task_tower.history_cancelled LIMIT $1) AS found)),
    (6, (SELECT count(*) FROM (SELECT FROM task_tower.job WHERE state = 0 AND run_at > clock_timestamp() AND retrying LIMIT $1) AS found))
) AS counted (number, count)
