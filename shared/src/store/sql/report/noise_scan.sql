SELECT
    job_id, task, update_noise, steps, log10_tau, loss_final,
    normalized_active_fraction, normalized_fraction_active_units, hessian_nonzero_fraction
FROM runs
WHERE sweep IN ({sweeps})
    AND outcome IS NOT NULL
    AND excluded IS NULL
    AND algorithm = 'sgd'
    AND noise_type = 'update'
    AND task NOT IN ('predictive_track', 'narrowing_valley', 'flat_valley')
ORDER BY task, update_noise, job_id
