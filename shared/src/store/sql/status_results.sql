SELECT
    sweep, outcome, count(*) AS results,
    CAST(sum(steps_done) AS BIGINT) AS steps_done,
    CAST(sum(wall_seconds) AS DOUBLE PRECISION) AS wall_seconds
FROM results
WHERE $1 IS NULL OR sweep = $1
GROUP BY sweep, outcome
