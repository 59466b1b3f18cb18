-- The days of the history: for each outcome the first and the last that has a partition, and how many jobs lie
-- outside of them all, up to $1. The days are those of UTC.
SELECT (now() AT TIME ZONE 'UTC')::date AS today,
       min(days.first_day) AS first_day, min(days.last_day) AS last_day,
       (SELECT count(*) FROM (SELECT FROM task_tower.history_completed_default LIMIT $1::bigint) AS found)
           + (SELECT count(*) FROM (SELECT FROM task_tower.history_dead_default LIMIT $1) AS found)
           + (SELECT count(*) FROM (SELECT FROM task_tower.history_cancelled_default LIMIT $1) AS found) AS outside,
       pg_backend_pid() AS backend
FROM unnest(ARRAY['completed', 'dead', 'cancelled']) AS outcome
LEFT JOIN LATERAL (
    SELECT min(day) AS first_day, max(day) AS last_day
    FROM (
        SELECT to_date(right(class.relname, 10), 'YYYY_MM_DD') AS day
        FROM pg_class AS class
        JOIN pg_namespace ON pg_namespace.oid = class.relnamespace
        WHERE pg_namespace.nspname = 'task_tower' AND class.relispartition
          AND class.relname ~ ('^history_' || outcome || '_\d{4}_\d{2}_\d{2}$')
    ) AS partition
) AS days ON true
