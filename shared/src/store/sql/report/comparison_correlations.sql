SELECT
    c.step, c.other_step,
    avg(c.population_vector_correlation) AS population_vector_correlation,
    count(c.population_vector_correlation) AS runs
FROM runs AS r
JOIN place_correlations AS c ON c.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.outcome IS NOT NULL
    AND r.excluded IS NULL
    AND r.algorithm = 'sgd'
    AND r.noise_type IN ('update', 'label')
    AND r.task NOT IN ('predictive_track', 'narrowing_valley', 'flat_valley')
GROUP BY c.step, c.other_step
ORDER BY c.step, c.other_step
