-- The ids of jobs in their order, each with the number of its state. Its places are filled in by store/search: what
-- the inverted index finds, unless it is too much to sort, and the parts of which the ids come.
WITH matched AS MATERIALIZED (
    {matched}
),
matches AS MATERIALIZED (
    SELECT count(*) >= {matches_max} AS are_too_many
    FROM matched
)
SELECT id, state
FROM (
    {found}
) AS found
ORDER BY id
LIMIT {limit}
