-- Whether to read all live jobs is a matter of a moment.
SELECT pg_relation_size('task_tower.job') <= 1024 * 1024
