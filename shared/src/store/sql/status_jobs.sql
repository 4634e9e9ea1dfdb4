SELECT
    sweep, state, model_version, count(*) AS jobs,
    CAST(sum(estimated_seconds) AS DOUBLE PRECISION) AS estimated_seconds
FROM jobs
WHERE $1 IS NULL OR sweep = $1
GROUP BY sweep, state, model_version
