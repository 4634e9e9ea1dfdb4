-- $2 model version. Two ranges of the claim's index.
SELECT
    sweep, count(*) AS jobs, CAST(sum(estimated_seconds) AS DOUBLE PRECISION) AS planned_seconds
FROM (
    SELECT sweep, estimated_seconds FROM jobs WHERE state = 'queued' AND model_version < $2
    UNION ALL
    SELECT sweep, estimated_seconds FROM jobs WHERE state = 'queued' AND model_version > $2
) AS other
WHERE $1 IS NULL OR sweep = $1
GROUP BY sweep
