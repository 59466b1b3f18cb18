-- How much log the server keeps. Only members of pg_monitor may ask.
SELECT coalesce(sum(size), 0)::bigint AS log_bytes FROM pg_ls_waldir()
