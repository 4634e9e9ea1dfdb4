SELECT
    p.algorithm, p.noise_type, count(*) AS jobs,
    min(p.n_samples) AS n_samples_min, max(p.n_samples) AS n_samples_max,
    min(p.input_dim) AS input_dim_min, max(p.input_dim) AS input_dim_max,
    min(p.output_dim) AS output_dim_min, max(p.output_dim) AS output_dim_max,
    min(p.hidden_units) AS hidden_units_min, max(p.hidden_units) AS hidden_units_max,
    min(p.learning_rate) AS learning_rate_min, max(p.learning_rate) AS learning_rate_max,
    min(p.update_noise) AS update_noise_min, max(p.update_noise) AS update_noise_max,
    min(p.label_noise) AS label_noise_min, max(p.label_noise) AS label_noise_max,
    min(p.input_noise) AS input_noise_min, max(p.input_noise) AS input_noise_max,
    min(p.steps) AS steps_min, max(p.steps) AS steps_max,
    min(p.linear_measurements) AS linear_measurements_min,
    max(p.linear_measurements) AS linear_measurements_max,
    min(p.hessian_snapshots) AS hessian_snapshots_min,
    max(p.hessian_snapshots) AS hessian_snapshots_max
FROM jobs AS j
JOIN job_parameters AS p ON p.job_id = j.id
WHERE j.sweep IN ({sweeps})
GROUP BY p.algorithm, p.noise_type
ORDER BY p.algorithm, p.noise_type
