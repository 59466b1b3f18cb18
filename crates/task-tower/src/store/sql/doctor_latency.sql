-- How long jobs that were due waited for their start, by the minutes of the last hour.
SELECT waits
FROM task_tower.tally
WHERE axis = 'all' AND name = '' AND step = 1 AND at > clock_timestamp() - interval '1 hour'
