-- Those of our statements that took most time. Each begins with a line that says what it does.
SELECT split_part(query, E'\n', 1) AS name, sum(calls)::bigint AS calls,
       sum(total_exec_time)::float8 AS total_ms, (sum(total_exec_time) / greatest(sum(calls), 1))::float8 AS mean_ms
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND query ~ '^(--[^\n]*\n)+(SELECT|WITH|INSERT|UPDATE|DELETE)'
  AND position('"' || replace('task_tower', '"', '""') || '".' IN query) > 0
GROUP BY 1
ORDER BY total_ms DESC
LIMIT 10
