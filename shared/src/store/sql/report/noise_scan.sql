WITH noisy AS (
    SELECT
        r.job_id, r.task, r.regime, r.n_samples, r.input_dim, r.output_dim, r.hidden_units, r.learning_rate,
        r.input_noise, r.steps, p.data_range, p.update_noise_on,
        COALESCE(p.smoothing_dim, 0) AS smoothing_dim, COALESCE(p.dataset, '') AS dataset,
        CASE
            WHEN r.task IN ('random', 'smoothed', 'predictive')
                AND r.regime = 'rich'
                AND r.n_samples = 5
                AND r.input_dim = 20
                AND (r.output_dim = 5 OR r.task = 'predictive')
                AND r.hidden_units = 100
                AND p.data_range = 'unit'
                THEN 1
            ELSE 0
        END AS as_published,
        r.update_noise, r.log10_tau, r.loss_final, r.normalized_active_fraction,
        r.normalized_fraction_active_units, r.hessian_nonzero_fraction
    FROM runs AS r
    JOIN job_parameters AS p ON p.job_id = r.job_id
    WHERE r.sweep IN ({sweeps})
        AND r.outcome IS NOT NULL
        AND r.excluded IS NULL
        AND r.algorithm = 'sgd'
        AND r.noise_type = 'update'
        AND r.task NOT IN ('predictive_track', 'narrowing_valley', 'flat_valley')
),
-- Problems whose update noise alone was varied: three levels of it or more.
scanned AS (
    SELECT
        task, regime, n_samples, input_dim, output_dim, hidden_units, learning_rate, input_noise, steps,
        data_range, update_noise_on, smoothing_dim, dataset, as_published
    FROM noisy
    GROUP BY
        task, regime, n_samples, input_dim, output_dim, hidden_units, learning_rate, input_noise, steps,
        data_range, update_noise_on, smoothing_dim, dataset, as_published
    HAVING count(DISTINCT update_noise) >= 3
)
SELECT
    job_id, task, regime, n_samples, input_dim, output_dim, hidden_units, learning_rate, steps, data_range,
    update_noise, log10_tau, loss_final, normalized_active_fraction, normalized_fraction_active_units,
    hessian_nonzero_fraction
FROM noisy
JOIN scanned USING (
    task, regime, n_samples, input_dim, output_dim, hidden_units, learning_rate, input_noise, steps,
    data_range, update_noise_on, smoothing_dim, dataset, as_published
)
-- Where some are the published scan's, those alone: it is their slope that ours stands beside.
WHERE as_published = (SELECT max(as_published) FROM scanned)
ORDER BY
    task, regime, n_samples, input_dim, output_dim, hidden_units, learning_rate, steps, data_range,
    update_noise, job_id
