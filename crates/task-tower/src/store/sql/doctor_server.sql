-- The server, what is set for this role in this database, and what it may see.
SELECT clock_timestamp() AS at,
       current_setting('server_version') AS postgres,
       pg_is_in_recovery() AS recovering,
       (SELECT coalesce(max(version), 0) FROM task_tower.migration) AS schema_version,
       pg_notification_queue_usage() AS notifications,
       (SELECT coalesce(sum(numbackends), 0)::bigint FROM pg_stat_database) AS connections,
       current_setting('max_connections')::bigint AS connections_max,
       session_user::text AS role,
       pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all,
       current_setting('pg_stat_statements.max', true) IS NOT NULL
           AND coalesce(has_table_privilege(to_regclass('pg_stat_statements')::oid, 'SELECT'), false) AS counts_statements,
       has_function_privilege('pg_ls_waldir()', 'EXECUTE') AS sees_log,
       set.names, set.values,
       pg_backend_pid() AS backend
-- What this very session has set does not count.
FROM (SELECT array_agg(name) AS names, array_agg(reset_val) AS values FROM pg_settings
      WHERE name IN ('autovacuum', 'track_counts', 'fsync', 'full_page_writes', 'synchronous_commit',
                     'default_transaction_read_only', 'default_transaction_isolation', 'idle_session_timeout',
                     'transaction_timeout')) AS set
