INSERT INTO job_parameters (
    job_id, replicate, noise_type, algorithm, task, regime, n_samples, input_dim, output_dim,
    smoothing_dim, hidden_units, learning_rate, update_noise, update_noise_on, label_noise,
    label_noise_distribution, input_noise, data_range, heading_jitter, steps, linear_measurements,
    logarithmic_measurements, trajectory_points, unit_activity_snapshots, hessian_snapshots,
    hessian_eigenvalues, hessian_cost_max, measure_on_manifold, place_snapshots, precision, reductions,
    dataset, seed, data_seed, weights_seed, parameters
)
SELECT
    column1, column2, column3, column4, column5, column6, column7, column8, column9, column10,
    column11, column12, column13, column14, column15, column16, column17, column18, column19,
    column20, column21, column22, column23, column24, column25, column26, column27, column28,
    column29, column30, column31, column32, column33, column34, column35, column36
FROM {rows: text, bigint, text, text, text, text, bigint, bigint, bigint, bigint, bigint, double precision, double precision, text, double precision, text, double precision, text, bigint, bigint, bigint, bigint, bigint, bigint, bigint, text, double precision, bigint, bigint, text, text, text, bigint, bigint, bigint, text}
WHERE TRUE
ON CONFLICT (job_id) DO NOTHING
