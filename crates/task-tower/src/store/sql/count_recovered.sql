-- How many jobs whose last failure was of the group $1 have completed, up to $2.
SELECT count(*) FROM (
    SELECT FROM task_tower.history_completed WHERE error_group = $1 LIMIT $2) AS found
