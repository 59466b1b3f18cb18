-- Whether nobody has sampled the minute that ended at least 5 s ago.
SELECT NOT EXISTS (
    SELECT FROM task_tower.depth
    WHERE at = date_trunc('minute', clock_timestamp() - interval '5 s', 'UTC') AND queue = '')
