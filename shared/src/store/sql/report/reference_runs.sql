SELECT
    r.job_id, r.sweep, r.replicate, r.steps, r.outcome, r.loss_final, r.normalized_active_fraction,
    r.normalized_fraction_active_units, r.log10_tau, r.hessian_trace_ratio, r.hessian_max_ratio,
    r.hessian_nonzero_fraction, p.parameters
FROM runs AS r
JOIN job_parameters AS p ON p.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.algorithm IN ('sgd', 'adam', 'sed')
    AND r.task NOT IN ('predictive_track', 'narrowing_valley', 'flat_valley')
ORDER BY r.replicate, r.sweep, r.job_id
