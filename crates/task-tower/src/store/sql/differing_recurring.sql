-- Of the recurring jobs that the code of a program says, those that are not set so ($2 names, $3 what is said); and those
-- that it said once and says no more.
SELECT said.name, true AS is_said
FROM unnest($2::text[], $3::text[]) AS said (name, code)
LEFT JOIN task_tower.recurring ON recurring.name = said.name
WHERE recurring.source IS DISTINCT FROM $1::text OR recurring.code IS DISTINCT FROM said.code::jsonb
UNION ALL
SELECT name, false
FROM task_tower.recurring
WHERE source = $1 AND name <> ALL ($2)
ORDER BY name
