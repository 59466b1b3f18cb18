-- Many jobs, by the fastest way in that there is.
COPY job (payload) FROM STDIN
