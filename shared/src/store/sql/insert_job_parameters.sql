-- $1 to $10 names that all these rows share: noise type, algorithm, task, regime, what update noise is on, the
-- distribution of label noise, the range of data, which eigenvalues, precision, reductions.
-- On PostgreSQL a COPY of the same columns. OR ROLLBACK: a violated constraint ends the whole transaction, which nobody goes on with anyway. SQLite then copies no
-- page before it changes it.
INSERT OR ROLLBACK INTO job_parameters (
    noise_type, algorithm, task, regime, update_noise_on, label_noise_distribution, data_range,
    hessian_eigenvalues, precision, reductions,
    job_id, replicate, n_samples, input_dim, output_dim, smoothing_dim, hidden_units, learning_rate,
    update_noise, label_noise, input_noise, heading_jitter, steps, linear_measurements,
    logarithmic_measurements, trajectory_points, unit_activity_snapshots, hessian_snapshots,
    hessian_cost_max, measure_on_manifold, place_snapshots, dataset, seed, data_seed, weights_seed,
    parameters
)
SELECT
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
    column1, column2, column3, column4, column5, column6, column7, column8, column9, column10,
    column11, column12, column13, column14, column15, column16, column17, column18, column19,
    column20, column21, column22, column23, column24, column25, column26
FROM {rows: text, bigint, bigint, bigint, bigint, bigint, bigint, double precision, double precision, double precision, double precision, bigint, bigint, bigint, bigint, bigint, bigint, bigint, double precision, bigint, bigint, text, bigint, bigint, bigint, text}
