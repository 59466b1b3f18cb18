-- The oldest transaction that was prepared and never ended: it holds back cleaning without a session.
SELECT gid, prepared AS since
FROM pg_prepared_xacts
WHERE database = current_database()
ORDER BY prepared
LIMIT 1
