-- Whether the worker $1 is to merge what is pending in the index for searches. Of many workers, the one that is there
-- longest does it: once in a while ($3), and as soon as so many jobs have ended that it matters, since the last time
-- or in the minute before it, $2 s ago. That is told by the statistics.
SELECT NOT EXISTS (SELECT FROM task_tower.worker WHERE id < $1 AND ended_at IS NULL)
   AND ($3::boolean OR (
       SELECT coalesce(sum(completed + dead + cancelled), 0) >= 1000
       FROM task_tower.tally
       WHERE axis = 'all' AND name = '' AND step = 1
         AND at >= date_trunc('minute', now() - make_interval(secs => $2::integer), 'UTC')))
