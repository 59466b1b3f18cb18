-- Ends the connection that lies so far ($1, from 0 to 1) in the list of those of others.
WITH others AS (
    SELECT pid, row_number() OVER (ORDER BY pid) - 1 AS place, count(*) OVER () AS total
    FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
)
SELECT pg_terminate_backend(pid)
FROM others
WHERE place = floor($1::double precision * total)
