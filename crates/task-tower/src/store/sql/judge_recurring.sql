-- The first $6 recurring jobs by name after $4 of those that fit, as list_recurring has them ($1, $2, $3, $5), each with whether it is
-- paused, and with the newest of its latest jobs that can tell whether it fails: one that has failed, or one that has ended, whose
-- end ends_of tells. What has just begun tells nothing yet, so that the job before it is asked; there are seldom many.
SELECT looked.name, looked.is_paused, judged.job_id, judged.noted_at, judged.failures
FROM (
    SELECT name, is_paused
    FROM task_tower.recurring
    CROSS JOIN LATERAL (
        SELECT paused_at IS NOT NULL AND (paused_until IS NULL OR paused_until > now()) AS is_paused
    ) AS pause
    WHERE ($1::text IS NULL OR strpos(lower(concat_ws(' ', name, kind, queue)), lower($1)) > 0)
      AND ($2::boolean IS NULL OR is_paused = $2)
      AND ($3::text[] IS NULL OR EXISTS (
              SELECT FROM unnest($3) AS pattern
              WHERE kind = pattern OR (pattern LIKE '%*' AND starts_with(kind, rtrim(pattern, '*')))))
      AND ($4::text IS NULL OR name > $4)
      AND ($5::text[] IS NULL OR EXISTS (
              SELECT FROM unnest($5) AS pattern
              WHERE queue = pattern OR (pattern LIKE '%*' AND starts_with(queue, rtrim(pattern, '*')))))
    ORDER BY name
    LIMIT $6
) AS looked
LEFT JOIN LATERAL (
    SELECT ran.job_id, ran.noted_at, live.failures
    FROM (
        SELECT tick_at, job_id, noted_at FROM task_tower.tick
        WHERE tick.recurring = looked.name AND job_id IS NOT NULL
        ORDER BY tick_at DESC LIMIT 5
    ) AS ran
    LEFT JOIN LATERAL (SELECT failures FROM task_tower.job WHERE job.id = ran.job_id LIMIT 1) AS live ON true
    WHERE live.failures IS NULL OR live.failures > 0
    ORDER BY ran.tick_at DESC LIMIT 1
) AS judged ON true
ORDER BY looked.name
