SELECT
    sweep, task, algorithm, noise_type, regime, n_samples, input_dim, output_dim, hidden_units,
    count(DISTINCT update_noise) AS noise_levels
FROM runs
WHERE sweep IN ({sweeps})
    AND outcome IS NOT NULL
    AND excluded IS NULL
GROUP BY sweep, task, algorithm, noise_type, regime, n_samples, input_dim, output_dim, hidden_units
ORDER BY sweep, task, algorithm, noise_type, regime, n_samples, input_dim, output_dim, hidden_units
