-- Questions of people that change nothing, and for which nobody waits long. Ids are walked in their order, whatever
-- statistics say of a table that has just begun to fill.
SET jit = off;
SET enable_seqscan = off;
SET enable_sort = off;
SET default_transaction_read_only = on;
SET statement_timeout = '2s';
SET lock_timeout = '500ms';
SELECT set_config('application_name', current_setting('application_name') || '-ui', false);
