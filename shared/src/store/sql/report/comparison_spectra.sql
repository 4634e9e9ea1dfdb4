SELECT
    r.job_id, r.noise_type, r.steps,
    h.step, h.trace, h.nonzero_fraction,
    -- Over the number of parameters, as that of non-zero ones, so that networks of all sizes have one scale.
    h.log_sum / (r.hidden_units * (r.input_dim + r.output_dim + 1)) AS log_sum_per_parameter
FROM runs AS r
JOIN spectra AS h ON h.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.outcome IS NOT NULL
    AND r.excluded IS NULL
    AND r.algorithm = 'sgd'
    AND r.noise_type IN ('update', 'label')
    AND r.task NOT IN ('predictive_track', 'narrowing_valley', 'flat_valley')
ORDER BY r.noise_type, r.job_id, h.step
