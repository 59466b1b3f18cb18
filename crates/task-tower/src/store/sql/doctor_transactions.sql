-- The other sessions here whose transaction is open, those that hold back cleaning first, then by age.
SELECT pid, coalesce(usename::text, '') AS role, coalesce(application_name, '') AS application,
       coalesce(state, backend_type, '') AS state, xact_start AS since,
       backend_xid IS NOT NULL OR backend_xmin IS NOT NULL AS holds_back
FROM pg_stat_activity
WHERE pid <> pg_backend_pid()
  AND (datname = current_database() OR datname IS NULL)
  AND xact_start IS NOT NULL
  AND backend_type <> 'autovacuum worker'
ORDER BY holds_back DESC, xact_start
LIMIT 1
