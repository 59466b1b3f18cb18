-- The tables of the schema with their sizes; the days of the history are summed up for each outcome.
SELECT regexp_replace(class.relname, '_(\d{4}_\d{2}_\d{2}|default)$', '') AS name,
       count(*) FILTER (WHERE class.relispartition) AS partitions,
       sum(pg_table_size(class.oid))::bigint AS table_bytes,
       sum(pg_indexes_size(class.oid))::bigint AS index_bytes,
       sum(CASE WHEN stat.n_live_tup > 0 THEN stat.n_live_tup ELSE greatest(class.reltuples, 0) END)::bigint AS rows,
       sum(stat.n_dead_tup)::bigint AS dead_rows,
       max(greatest(stat.last_autovacuum, stat.last_vacuum)) AS vacuumed_at,
       bool_or(class.reloptions @> ARRAY['autovacuum_enabled=false']) AS unattended
FROM pg_class AS class
JOIN pg_namespace ON pg_namespace.oid = class.relnamespace
JOIN pg_stat_all_tables AS stat ON stat.relid = class.oid
WHERE pg_namespace.nspname = 'task_tower' AND class.relkind = 'r'
GROUP BY 1
ORDER BY sum(pg_total_relation_size(class.oid)) DESC, 1
LIMIT 100
