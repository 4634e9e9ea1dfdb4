SELECT
    CASE
        WHEN p.task = 'ring' THEN 'ring'
        WHEN p.task IN ('narrowing_valley', 'flat_valley') THEN 'valley'
        ELSE 'network'
    END AS model,
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
    min(p.logarithmic_measurements) AS logarithmic_measurements_min,
    max(p.logarithmic_measurements) AS logarithmic_measurements_max,
    min(p.trajectory_points) AS trajectory_points_min,
    max(p.trajectory_points) AS trajectory_points_max,
    count(CASE WHEN p.measure_on_manifold = 1 THEN 1 END) AS measured_on_manifold,
    count(CASE WHEN p.hessian_snapshots > 0 THEN 1 END) AS hessian_jobs,
    min(CASE WHEN p.hessian_snapshots > 0 THEN p.hessian_snapshots END) AS hessian_snapshots_min,
    max(p.hessian_snapshots) AS hessian_snapshots_max,
    -- Of those, how many have a limit to what eigenvalues may cost, and which.
    count(CASE WHEN p.hessian_snapshots > 0 THEN p.hessian_cost_max END) AS hessian_limited,
    min(CASE WHEN p.hessian_snapshots > 0 THEN p.hessian_cost_max END) AS hessian_cost_max_min,
    max(CASE WHEN p.hessian_snapshots > 0 THEN p.hessian_cost_max END) AS hessian_cost_max_max,
    count(CASE WHEN p.place_snapshots > 0 THEN 1 END) AS place_jobs,
    min(CASE WHEN p.place_snapshots > 0 THEN p.place_snapshots END) AS place_snapshots_min,
    max(p.place_snapshots) AS place_snapshots_max
FROM jobs AS j
JOIN job_parameters AS p ON p.job_id = j.id
WHERE j.sweep IN ({sweeps})
GROUP BY model, p.algorithm, p.noise_type
ORDER BY model, p.algorithm, p.noise_type
