SELECT
    g.sweep, t.outcome, t.excluded, CAST(sum(t.results) AS BIGINT) AS results,
    CAST(sum(t.steps_done) AS BIGINT) AS steps_done,
    CAST(sum(t.wall_seconds) AS DOUBLE PRECISION) AS wall_seconds,
    CAST(sum(t.planned_seconds) AS DOUBLE PRECISION) AS planned_seconds
FROM group_outcomes AS t
JOIN job_groups AS g ON g.id = t.group_id
WHERE $1 IS NULL OR g.sweep = $1
GROUP BY g.sweep, t.outcome, t.excluded
