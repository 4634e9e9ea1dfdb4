-- Results in the words of the sweep file: what SQL users read.

-- One row per job. Columns that nothing computes yet are NULL.
CREATE VIEW runs AS
SELECT
    j.sweep,
    j.id AS job_id,
    j.state,
    r.outcome,
    p.task,
    p.algorithm,
    p.regime,
    p.noise_type,
    p.n_samples,
    p.input_dim,
    p.output_dim,
    p.hidden_units,
    p.learning_rate,
    p.update_noise,
    p.label_noise,
    p.input_noise,
    p.steps,
    p.replicate,
    p.seed,
    j.attempts,
    r.loss_final,
    r.active_fraction_initial,
    r.active_fraction_final,
    r.normalized_active_fraction,
    r.fraction_active_units_initial,
    r.fraction_active_units_final,
    r.normalized_fraction_active_units,
    r.sparsification_timescale,
    r.log10_tau,
    r.hessian_trace_ratio,
    r.hessian_max_ratio,
    r.hessian_nonzero_fraction,
    CAST(NULL AS DOUBLE PRECISION) AS spatial_information_ratio,
    r.converged_step,
    r.wall_seconds,
    r.steps_done / NULLIF(r.wall_seconds, 0) AS steps_per_second,
    r.host,
    r.code_version,
    r.digest,
    r.timescale_fit,
    r.steps_done,
    r.engine
FROM jobs AS j
JOIN job_parameters AS p ON p.job_id = j.id
LEFT JOIN results AS r ON r.job_id = j.id;

-- One row per sweep, task, algorithm, noise and regime. Means and sample standard deviations are
-- over completed runs alone; planned = completed + diverged + silent + truncated + dead + cancelled
-- + unfinished, always.
--
-- Not every SQLite has sqrt(), so `roots` finds it by Newton's method. It starts at (v + 1) / 2,
-- which is never below the root, halves while it is far away and converges within 64 rounds for
-- any variance above 1e-34.
CREATE VIEW sweep_summary AS
WITH RECURSIVE grouped AS (
    SELECT
        sweep,
        task,
        algorithm,
        noise_type,
        regime,
        count(*) AS planned,
        count(CASE WHEN outcome = 'completed' THEN 1 END) AS completed,
        count(CASE WHEN outcome = 'diverged' THEN 1 END) AS diverged,
        count(CASE WHEN outcome = 'silent' THEN 1 END) AS silent,
        count(CASE WHEN outcome = 'truncated' THEN 1 END) AS truncated,
        count(CASE WHEN state = 'dead' THEN 1 END) AS dead,
        count(CASE WHEN state = 'cancelled' THEN 1 END) AS cancelled,
        count(CASE WHEN state IN ('queued', 'running') THEN 1 END) AS unfinished,
        count(CASE WHEN outcome = 'completed' THEN log10_tau END) AS n_log10_tau,
        avg(CASE WHEN outcome = 'completed' THEN loss_final END) AS mean_loss_final,
        avg(CASE WHEN outcome = 'completed' THEN normalized_active_fraction END) AS mean_normalized_active_fraction,
        avg(CASE WHEN outcome = 'completed' THEN normalized_fraction_active_units END) AS mean_normalized_fraction_active_units,
        avg(CASE WHEN outcome = 'completed' THEN log10_tau END) AS mean_log10_tau,
        avg(CASE WHEN outcome = 'completed' THEN hessian_trace_ratio END) AS mean_hessian_trace_ratio,
        avg(CASE WHEN outcome = 'completed' THEN hessian_max_ratio END) AS mean_hessian_max_ratio,
        avg(CASE WHEN outcome = 'completed' THEN hessian_nonzero_fraction END) AS mean_hessian_nonzero_fraction
    FROM runs
    GROUP BY sweep, task, algorithm, noise_type, regime
),
variances AS (
    SELECT
        g.sweep,
        g.task,
        g.algorithm,
        g.noise_type,
        g.regime,
        sum((r.loss_final - g.mean_loss_final) * (r.loss_final - g.mean_loss_final))
            / NULLIF(count(r.loss_final) - 1, 0) AS loss_final,
        sum((r.normalized_active_fraction - g.mean_normalized_active_fraction) * (r.normalized_active_fraction - g.mean_normalized_active_fraction))
            / NULLIF(count(r.normalized_active_fraction) - 1, 0) AS normalized_active_fraction,
        sum((r.normalized_fraction_active_units - g.mean_normalized_fraction_active_units) * (r.normalized_fraction_active_units - g.mean_normalized_fraction_active_units))
            / NULLIF(count(r.normalized_fraction_active_units) - 1, 0) AS normalized_fraction_active_units,
        sum((r.log10_tau - g.mean_log10_tau) * (r.log10_tau - g.mean_log10_tau))
            / NULLIF(count(r.log10_tau) - 1, 0) AS log10_tau,
        sum((r.hessian_trace_ratio - g.mean_hessian_trace_ratio) * (r.hessian_trace_ratio - g.mean_hessian_trace_ratio))
            / NULLIF(count(r.hessian_trace_ratio) - 1, 0) AS hessian_trace_ratio,
        sum((r.hessian_max_ratio - g.mean_hessian_max_ratio) * (r.hessian_max_ratio - g.mean_hessian_max_ratio))
            / NULLIF(count(r.hessian_max_ratio) - 1, 0) AS hessian_max_ratio,
        sum((r.hessian_nonzero_fraction - g.mean_hessian_nonzero_fraction) * (r.hessian_nonzero_fraction - g.mean_hessian_nonzero_fraction))
            / NULLIF(count(r.hessian_nonzero_fraction) - 1, 0) AS hessian_nonzero_fraction
    FROM grouped AS g
    JOIN runs AS r
        ON r.sweep = g.sweep
        AND r.task = g.task
        AND r.algorithm = g.algorithm
        AND r.noise_type = g.noise_type
        AND r.regime = g.regime
    WHERE r.outcome = 'completed'
    GROUP BY g.sweep, g.task, g.algorithm, g.noise_type, g.regime
),
roots AS (
    SELECT
        sweep,
        task,
        algorithm,
        noise_type,
        regime,
        0 AS round,
        loss_final AS v_loss_final,
        normalized_active_fraction AS v_normalized_active_fraction,
        normalized_fraction_active_units AS v_normalized_fraction_active_units,
        log10_tau AS v_log10_tau,
        hessian_trace_ratio AS v_hessian_trace_ratio,
        hessian_max_ratio AS v_hessian_max_ratio,
        hessian_nonzero_fraction AS v_hessian_nonzero_fraction,
        (loss_final + 1) / 2 AS sd_loss_final,
        (normalized_active_fraction + 1) / 2 AS sd_normalized_active_fraction,
        (normalized_fraction_active_units + 1) / 2 AS sd_normalized_fraction_active_units,
        (log10_tau + 1) / 2 AS sd_log10_tau,
        (hessian_trace_ratio + 1) / 2 AS sd_hessian_trace_ratio,
        (hessian_max_ratio + 1) / 2 AS sd_hessian_max_ratio,
        (hessian_nonzero_fraction + 1) / 2 AS sd_hessian_nonzero_fraction
    FROM variances
    UNION ALL
    SELECT
        sweep,
        task,
        algorithm,
        noise_type,
        regime,
        round + 1,
        v_loss_final,
        v_normalized_active_fraction,
        v_normalized_fraction_active_units,
        v_log10_tau,
        v_hessian_trace_ratio,
        v_hessian_max_ratio,
        v_hessian_nonzero_fraction,
        (sd_loss_final + v_loss_final / sd_loss_final) / 2,
        (sd_normalized_active_fraction + v_normalized_active_fraction / sd_normalized_active_fraction) / 2,
        (sd_normalized_fraction_active_units + v_normalized_fraction_active_units / sd_normalized_fraction_active_units) / 2,
        (sd_log10_tau + v_log10_tau / sd_log10_tau) / 2,
        (sd_hessian_trace_ratio + v_hessian_trace_ratio / sd_hessian_trace_ratio) / 2,
        (sd_hessian_max_ratio + v_hessian_max_ratio / sd_hessian_max_ratio) / 2,
        (sd_hessian_nonzero_fraction + v_hessian_nonzero_fraction / sd_hessian_nonzero_fraction) / 2
    FROM roots
    WHERE round < 64
)
SELECT
    g.sweep,
    g.task,
    g.algorithm,
    g.noise_type,
    g.regime,
    g.completed AS n,
    g.mean_loss_final,
    CASE WHEN r.v_loss_final > 0 THEN r.sd_loss_final ELSE r.v_loss_final END AS sd_loss_final,
    g.mean_normalized_active_fraction,
    CASE WHEN r.v_normalized_active_fraction > 0 THEN r.sd_normalized_active_fraction ELSE r.v_normalized_active_fraction END AS sd_normalized_active_fraction,
    g.mean_normalized_fraction_active_units,
    CASE WHEN r.v_normalized_fraction_active_units > 0 THEN r.sd_normalized_fraction_active_units ELSE r.v_normalized_fraction_active_units END AS sd_normalized_fraction_active_units,
    g.mean_log10_tau,
    CASE WHEN r.v_log10_tau > 0 THEN r.sd_log10_tau ELSE r.v_log10_tau END AS sd_log10_tau,
    g.n_log10_tau,
    g.mean_hessian_trace_ratio,
    CASE WHEN r.v_hessian_trace_ratio > 0 THEN r.sd_hessian_trace_ratio ELSE r.v_hessian_trace_ratio END AS sd_hessian_trace_ratio,
    g.mean_hessian_max_ratio,
    CASE WHEN r.v_hessian_max_ratio > 0 THEN r.sd_hessian_max_ratio ELSE r.v_hessian_max_ratio END AS sd_hessian_max_ratio,
    g.mean_hessian_nonzero_fraction,
    CASE WHEN r.v_hessian_nonzero_fraction > 0 THEN r.sd_hessian_nonzero_fraction ELSE r.v_hessian_nonzero_fraction END AS sd_hessian_nonzero_fraction,
    CAST(NULL AS DOUBLE PRECISION) AS mean_spatial_information_ratio,
    CAST(NULL AS DOUBLE PRECISION) AS sd_spatial_information_ratio,
    g.planned,
    g.completed,
    g.diverged,
    g.silent,
    g.truncated,
    g.dead,
    g.cancelled,
    g.unfinished
FROM grouped AS g
LEFT JOIN roots AS r
    ON r.sweep = g.sweep
    AND r.task = g.task
    AND r.algorithm = g.algorithm
    AND r.noise_type = g.noise_type
    AND r.regime = g.regime
    AND r.round = 64;
