-- The ids of jobs in their order, each with the number of its state. Its places are filled in by store/search.
SELECT id, state
FROM (
    {found}
) AS found
ORDER BY id
LIMIT {limit}
