-- In which states jobs are, how many in each; null for those that are gone. Numbers as in list_jobs.sql.
SELECT CASE WHEN job.state = 1 THEN 2
            WHEN job.state = 0 AND job.run_at <= clock_timestamp() THEN 1
            WHEN job.state = 0 AND job.run_at = 'infinity' THEN 7
            WHEN job.state = 0 AND job.retrying THEN 6
            WHEN job.state = 0 THEN 0
            ELSE history.state END::smallint AS number,
       count(*)
FROM unnest($1::uuid[]) AS wanted (id)
LEFT JOIN task_tower.job ON job.id = wanted.id
LEFT JOIN task_tower.history ON history.id = wanted.id
GROUP BY number
