SELECT p.job_id, p.step, p.other_step, p.rate_map_correlation, p.population_vector_correlation
FROM jobs AS j
JOIN place_correlations AS p ON p.job_id = j.id
WHERE j.sweep = '{sweep}'
ORDER BY p.job_id, p.step, p.other_step
