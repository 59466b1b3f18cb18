-- How many groups of errors are unresolved, muted and resolved, of those that fit all the terms $1: each has a key, patterns of
-- LIKE of which any will do, and whether it is negated. There are 10,000 groups at the most.
SELECT count(*) FILTER (WHERE resolved_at IS NULL AND (muted_until > now()) IS NOT TRUE),
       count(*) FILTER (WHERE resolved_at IS NULL AND muted_until > now()),
       count(*) FILTER (WHERE resolved_at IS NOT NULL)
FROM task_tower.error_group
WHERE NOT EXISTS (
      SELECT FROM jsonb_to_recordset($1::text::jsonb) AS term (key text, negated boolean, patterns text[])
      WHERE term.negated = CASE term.key
          WHEN 'kind' THEN kind LIKE ANY (term.patterns)
          WHEN 'queue' THEN EXISTS (SELECT FROM unnest(queues) AS queue (name) WHERE queue.name LIKE ANY (term.patterns))
          WHEN 'version' THEN coalesce(first_version, '') LIKE ANY (term.patterns)
          ELSE lower(fingerprint || ' ' || class || ': ' || message) LIKE ANY (term.patterns) END)
