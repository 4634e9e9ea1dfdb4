SELECT
    r.job_id, r.algorithm, r.noise_type, r.steps,
    t.step, t.active_fraction, t.fraction_active_units
FROM runs AS r
JOIN trajectory AS t ON t.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.outcome IS NOT NULL
    AND r.excluded IS NULL
    AND r.algorithm IN ('sgd', 'adam', 'sed')
    AND r.task NOT IN ('predictive_track', 'narrowing_valley', 'flat_valley')
    AND t.active_fraction IS NOT NULL
ORDER BY r.algorithm, r.noise_type, r.job_id, t.step
