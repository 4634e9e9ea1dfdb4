SELECT
    sweep, CAST(sum(planned) AS BIGINT) AS jobs,
    CAST(sum(planned_seconds) AS DOUBLE PRECISION) AS planned_seconds
FROM job_groups
WHERE $1 IS NULL OR sweep = $1
GROUP BY sweep
