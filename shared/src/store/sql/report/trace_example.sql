WITH candidates AS (
    SELECT r.*
    FROM runs AS r
    WHERE r.sweep IN ({sweeps})
        AND r.outcome IS NOT NULL
        AND r.excluded IS NULL
        AND r.algorithm = 'sgd'
        AND r.noise_type IN ('update', 'label')
        AND r.hessian_trace_ratio IS NOT NULL
),
-- The run nearest to the published one.
label AS (
    SELECT *
    FROM candidates
    WHERE noise_type = 'label'
    ORDER BY
        CASE WHEN task = 'random' THEN 0 ELSE 1 END,
        CASE WHEN regime = 'rich' THEN 0 ELSE 1 END,
        abs(n_samples - 20) + abs(input_dim - 20) + abs(output_dim - 10),
        sweep, task, n_samples, input_dim, output_dim, replicate, job_id
    LIMIT 1
),
-- The run with update noise on the same problem.
twin AS (
    SELECT c.*
    FROM candidates AS c
    JOIN label AS l
        ON l.sweep = c.sweep
        AND l.task = c.task
        AND l.regime = c.regime
        AND l.n_samples = c.n_samples
        AND l.input_dim = c.input_dim
        AND l.output_dim = c.output_dim
        AND l.replicate = c.replicate
    WHERE c.noise_type = 'update'
    ORDER BY c.job_id
    LIMIT 1
),
chosen AS (
    SELECT * FROM label
    UNION ALL
    SELECT * FROM twin
)
SELECT
    c.job_id, c.noise_type, c.task, c.regime, c.n_samples, c.input_dim, c.output_dim, c.label_noise,
    c.update_noise, c.steps, c.normalized_active_fraction, c.normalized_fraction_active_units,
    h.step, h.trace
FROM chosen AS c
JOIN spectra AS h ON h.job_id = c.job_id
WHERE h.trace IS NOT NULL
ORDER BY c.noise_type, h.step
