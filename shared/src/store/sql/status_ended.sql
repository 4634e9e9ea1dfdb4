-- Jobs that ended without a result: few, or cancelled all at once, so the index alone is read.
SELECT
    g.sweep, e.state, CAST(sum(e.jobs) AS BIGINT) AS jobs,
    CAST(sum(e.planned_seconds) AS DOUBLE PRECISION) AS planned_seconds
FROM (
    SELECT group_id, state, count(*) AS jobs, sum(estimated_seconds) AS planned_seconds
    FROM jobs
    WHERE state IN ('dead', 'cancelled')
    GROUP BY group_id, state
) AS e
JOIN job_groups AS g ON g.id = e.group_id
WHERE $1 IS NULL OR g.sweep = $1
GROUP BY g.sweep, e.state
