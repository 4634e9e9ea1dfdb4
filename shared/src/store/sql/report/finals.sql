SELECT
    r.job_id, r.algorithm, r.noise_type, r.sweep, r.task, r.regime, r.n_samples, r.input_dim, r.output_dim,
    p.smoothing_dim, r.hidden_units, r.steps, r.replicate, r.loss_final, r.normalized_active_fraction,
    r.normalized_fraction_active_units, r.hessian_trace_ratio, r.hessian_nonzero_fraction
FROM runs AS r
JOIN job_parameters AS p ON p.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.outcome IS NOT NULL
    AND r.excluded IS NULL
    AND r.algorithm IN ('sgd', 'adam', 'sed')
    AND r.task NOT IN ('predictive_track', 'narrowing_valley', 'flat_valley')
    AND r.normalized_active_fraction IS NOT NULL
ORDER BY r.algorithm, r.noise_type, r.job_id
