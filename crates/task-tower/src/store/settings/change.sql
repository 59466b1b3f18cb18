-- Changes that people make. They do not wait long for rows that somebody else holds.
SET jit = off;
SET statement_timeout = '30s';
SET lock_timeout = '5s';
