-- $1 sweep, whose totals were cleared: from its results, after the rules have changed.
WITH analysed AS MATERIALIZED (
    SELECT j.group_id, r.*
    FROM results AS r
    JOIN jobs AS j ON j.id = r.job_id
    WHERE j.sweep = $1 AND r.excluded IS NULL
),
measured AS MATERIALIZED (
    SELECT group_id, 'loss_final' AS metric, loss_final AS x FROM analysed
    UNION ALL
    SELECT group_id, 'normalized_active_fraction', normalized_active_fraction FROM analysed
    UNION ALL
    SELECT group_id, 'normalized_fraction_active_units', normalized_fraction_active_units FROM analysed
    UNION ALL
    SELECT group_id, 'log10_tau', log10_tau FROM analysed
    UNION ALL
    SELECT group_id, 'hessian_trace_ratio', hessian_trace_ratio FROM analysed
    UNION ALL
    SELECT group_id, 'hessian_max_ratio', hessian_max_ratio FROM analysed
    UNION ALL
    SELECT group_id, 'hessian_nonzero_fraction', hessian_nonzero_fraction FROM analysed
    UNION ALL
    SELECT group_id, 'spatial_information_ratio', spatial_information_ratio FROM analysed
),
-- Deviations from a number that is near lose no digits, and equal numbers have none at all.
bases AS MATERIALIZED (
    SELECT group_id, metric, count(*) AS n, min(x) AS base
    FROM measured
    WHERE x IS NOT NULL
    GROUP BY group_id, metric
),
means AS MATERIALIZED (
    SELECT b.group_id, b.metric, b.n, b.base + sum(x.x - b.base) / b.n AS mean
    FROM bases AS b
    JOIN measured AS x ON x.group_id = b.group_id AND x.metric = b.metric
    WHERE x.x IS NOT NULL
    GROUP BY b.group_id, b.metric, b.n, b.base
)
INSERT INTO group_moments (group_id, shard, metric, n, mean, squares)
SELECT m.group_id, 0, m.metric, m.n, m.mean, sum((x.x - m.mean) * (x.x - m.mean))
FROM means AS m
JOIN measured AS x ON x.group_id = m.group_id AND x.metric = m.metric
WHERE x.x IS NOT NULL
GROUP BY m.group_id, m.metric, m.n, m.mean
