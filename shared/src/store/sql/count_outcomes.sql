-- $1 sweep, whose totals were cleared: from its results, after the rules have changed.
INSERT INTO group_outcomes (
    group_id, shard, outcome, excluded, results, steps_done, wall_seconds, planned_seconds
)
SELECT
    j.group_id, 0, r.outcome, COALESCE(r.excluded, ''), count(*),
    CAST(sum(r.steps_done) AS BIGINT), sum(r.wall_seconds), sum(j.estimated_seconds)
FROM results AS r
JOIN jobs AS j ON j.id = r.job_id
WHERE j.sweep = $1
GROUP BY j.group_id, r.outcome, COALESCE(r.excluded, '')
