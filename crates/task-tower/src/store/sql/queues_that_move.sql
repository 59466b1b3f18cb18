-- In which of the queues $1 a run ended within the last $2 milliseconds. Runs are counted by the minute, so that it may
-- have been up to a minute before.
SELECT DISTINCT name
FROM task_tower.tally
WHERE axis = 'queue' AND step = 1 AND name = ANY ($1::text[])
  AND at > now() - $2::bigint * interval '1 millisecond' - interval '1 minute'
  AND completed + failed + dead + cancelled > 0
