-- Plans must not hang on statistics that a table minutes old does not have.
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET jit = off;
