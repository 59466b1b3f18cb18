-- Adds tags to a job, by the documented function.
SELECT task_tower.tag_job($1, $2)
