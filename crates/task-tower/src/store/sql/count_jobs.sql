-- How many jobs there are by state, each counted up to a limit and no further: a page must not wait until a million
-- rows are counted. Its places are filled in by store/search; the live states come out of one walk. Beside each what the
-- statistics tell of a state as a whole, whether rows were left out that were not looked at, and whether there are so many
-- live ones that it is worth remembering.
WITH horizon AS MATERIALIZED (
    {horizon}
),
live AS MATERIALIZED (
    {live}
)
SELECT counted.number, counted.count,
       CASE WHEN {is_whole} AND counted.count >= {limit} THEN (
                SELECT sum(greatest(pg_class.reltuples, 0))::bigint
                FROM pg_class
                JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
                WHERE pg_namespace.nspname = 'task_tower' AND pg_class.relkind = 'r'
                  AND starts_with(pg_class.relname, 'history_' || counted.state || '_'))
       END AS estimate,
       counted.is_cut OR EXISTS (SELECT FROM horizon) AS is_cut,
       EXISTS (SELECT FROM task_tower.job ORDER BY id DESC OFFSET {large} LIMIT 1) AS is_large
FROM (VALUES
    {counted}
) AS counted (number, state, count, is_cut)
