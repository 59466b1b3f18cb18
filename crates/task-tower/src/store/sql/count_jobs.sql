-- How many jobs there are by state, each counted up to a limit and no further: a page must not wait until a million
-- rows are counted. Its places are filled in by store/search. Beside it what the statistics tell of a state as a
-- whole, and where the search had to end.
WITH horizon AS MATERIALIZED (
    {horizon}
)
SELECT counted.number, counted.count,
       CASE WHEN {is_whole} AND counted.count >= {limit} THEN (
                SELECT sum(greatest(pg_class.reltuples, 0))::bigint
                FROM pg_class
                JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
                WHERE pg_namespace.nspname = 'task_tower' AND pg_class.relkind = 'r'
                  AND starts_with(pg_class.relname, 'history_' || counted.state || '_'))
       END AS estimate,
       (SELECT horizon.id FROM horizon) AS horizon
FROM (VALUES
    {counted}
) AS counted (number, state, count)
