SELECT
    r.job_id, r.noise_type, r.steps, r.converged_step, r.spatial_information_ratio,
    p.step, p.mean_spatial_information, p.place_cells
FROM runs AS r
JOIN place_code AS p ON p.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.outcome IS NOT NULL
    AND r.excluded IS NULL
    AND r.algorithm = 'sgd'
    AND r.noise_type IN ('update', 'label')
    AND r.task NOT IN ('predictive_track', 'narrowing_valley', 'flat_valley')
ORDER BY r.job_id, p.step
