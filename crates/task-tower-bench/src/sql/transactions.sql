-- All transactions of this database since it was made, the failed ones too.
SELECT xact_commit + xact_rollback
FROM pg_stat_database
WHERE datname = current_database()
