-- In how many milliseconds a minute has to be sampled: 5 s after it ended. 0 when nobody has sampled the last one.
SELECT CASE
    WHEN EXISTS (SELECT FROM task_tower.depth WHERE at = last.minute AND queue = '')
    THEN ceil(extract(epoch FROM last.minute + interval '65 s' - clock_timestamp()) * 1000)::bigint
    ELSE 0
END
FROM (SELECT date_trunc('minute', clock_timestamp() - interval '5 s', 'UTC') AS minute) AS last
