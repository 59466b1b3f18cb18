-- How many jobs are not recorded as finished.
SELECT count(*)
FROM job
WHERE state <> 2
