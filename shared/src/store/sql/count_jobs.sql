-- $1 sweep.
SELECT CAST(COALESCE(sum(planned), 0) AS BIGINT) AS jobs FROM job_groups WHERE sweep = $1
