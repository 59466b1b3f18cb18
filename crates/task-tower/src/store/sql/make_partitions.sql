-- Makes the history's partitions up to the day after $1 days, one process at a time.
SELECT CASE
    WHEN pg_try_advisory_xact_lock(hashtextextended('task_tower' || '.partitions', 0))
    THEN task_tower.make_partitions($1::integer)
END
