-- The time, and how many runs of the last ten minutes completed or failed, and how many failed.
SELECT now(),
       sum(completed + failed + dead)::bigint AS runs,
       sum(failed + dead)::bigint AS failed
FROM task_tower.tally
WHERE axis = 'all' AND name = '' AND step = 1 AND at >= date_trunc('minute', now(), 'UTC') - interval '10 minutes'
