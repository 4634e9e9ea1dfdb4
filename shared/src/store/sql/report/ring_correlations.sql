SELECT
    r.job_id, r.steps, r.converged_step, r.directed_drift_end_step,
    c.step AS reference_step, c.other_step AS step, c.population_vector_correlation
FROM runs AS r
JOIN place_correlations AS c ON c.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.outcome IS NOT NULL
    AND r.excluded IS NULL
    AND r.algorithm = 'similarity_matching'
ORDER BY r.job_id, c.step, c.other_step
