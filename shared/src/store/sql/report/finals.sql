SELECT
    job_id, algorithm, noise_type, task, steps, loss_final,
    normalized_active_fraction, normalized_fraction_active_units,
    hessian_trace_ratio, hessian_nonzero_fraction
FROM runs
WHERE sweep IN ({sweeps})
    AND outcome IS NOT NULL
    AND excluded IS NULL
    AND algorithm IN ('sgd', 'adam', 'sed')
    AND task NOT IN ('predictive_track', 'narrowing_valley', 'flat_valley')
    AND normalized_active_fraction IS NOT NULL
ORDER BY algorithm, noise_type, job_id
