-- Replication slots that nobody reads from: the server keeps log, and dead rows, for them.
SELECT slot_name::text AS name, xmin IS NOT NULL AS holds_back,
       coalesce(pg_wal_lsn_diff(
           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
           restart_lsn), 0)::bigint AS kept_bytes
FROM pg_replication_slots
WHERE NOT active AND NOT temporary AND (database = current_database() OR database IS NULL)
ORDER BY kept_bytes DESC
LIMIT 10
