-- Drops the history's partitions of one state that are older than asked, one process at a time.
SELECT CASE
    WHEN pg_try_advisory_xact_lock(hashtextextended('task_tower' || '.partitions', 0))
    THEN task_tower.drop_partitions($1::text, make_interval(secs => $2::bigint / 1000.0))
END
