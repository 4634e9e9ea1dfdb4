WITH shown AS (
    -- The first of the largest networks.
    SELECT job_id, steps
    FROM runs
    WHERE sweep IN ({sweeps})
        AND outcome IS NOT NULL
        AND excluded IS NULL
        AND task = 'predictive_track'
        AND job_id IN (SELECT job_id FROM place_correlations)
    ORDER BY hidden_units DESC, n_samples DESC, replicate, job_id
    LIMIT 1
)
SELECT s.job_id, s.steps, c.step, c.other_step, c.rate_map_correlation
FROM shown AS s
JOIN place_correlations AS c ON c.job_id = s.job_id
ORDER BY c.step, c.other_step
