-- Takes up to $1 jobs that have ended and that others await, and lets those begin, or cancels them. Returns 0 when there was
-- nothing to do. It is a function, since it has to see what was committed while it waited for a lock.
SELECT task_tower.settle_followers($1)
