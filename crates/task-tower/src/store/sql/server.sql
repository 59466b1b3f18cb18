-- Which PostgreSQL this is, and why no change is taken here: a standby only follows its primary; any other server may
-- have been told to.
SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
       pg_is_in_recovery() AS is_standby,
       current_setting('transaction_read_only')::boolean AS is_read_only
