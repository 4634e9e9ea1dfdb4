-- As insert_job_parameters.sqlite.sql, in PostgreSQL's way of loading many rows.
COPY job_parameters (
    noise_type, algorithm, task, regime, update_noise_on, label_noise_distribution, data_range,
    hessian_eigenvalues, precision, reductions,
    job_id, replicate, n_samples, input_dim, output_dim, smoothing_dim, hidden_units, learning_rate,
    update_noise, label_noise, input_noise, heading_jitter, steps, linear_measurements,
    logarithmic_measurements, trajectory_points, unit_activity_snapshots, hessian_snapshots,
    hessian_cost_max, measure_on_manifold, place_snapshots, dataset, seed, data_seed, weights_seed,
    parameters
) FROM STDIN (FORMAT binary)
