-- Results in the words of the sweep file: what SQL users read.

-- One row per job. Every job has parameters; the left join keeps PostgreSQL from going through them, from the first,
-- for a page of jobs from the middle.
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
    r.spatial_information_ratio,
    r.converged_step,
    r.wall_seconds,
    r.steps_done / NULLIF(r.wall_seconds, 0) AS steps_per_second,
    r.host,
    r.code_version,
    r.digest,
    r.timescale_fit,
    r.steps_done,
    r.engine,
    r.excluded,
    r.directed_drift_end_step
FROM jobs AS j
LEFT JOIN job_parameters AS p ON p.job_id = j.id
LEFT JOIN results AS r ON r.job_id = j.id;

-- One row per sweep, task, algorithm, noise and regime. Means and sample standard deviations are over
-- analysed runs: finished, and met by no exclusion rule. Always, planned = n + excluded + dead +
-- cancelled + unfinished, and n + excluded = completed + diverged + silent + truncated.
--
-- `pooled` and `variances` put the shards of a group together without losing digits to a large mean:
-- deviations are taken from a number that is near it. Not every SQLite has sqrt(), so `roots` finds it by
-- Newton's method, which comes down from (v + 1) / 2, never below the root, until it no longer moves.
CREATE VIEW sweep_summary AS
WITH RECURSIVE finished AS (
    SELECT
        group_id,
        sum(results) AS results,
        sum(CASE WHEN excluded = '' THEN results ELSE 0 END) AS n,
        sum(CASE WHEN outcome = 'completed' THEN results ELSE 0 END) AS completed,
        sum(CASE WHEN outcome = 'diverged' THEN results ELSE 0 END) AS diverged,
        sum(CASE WHEN outcome = 'silent' THEN results ELSE 0 END) AS silent,
        sum(CASE WHEN outcome = 'truncated' THEN results ELSE 0 END) AS truncated
    FROM group_outcomes
    GROUP BY group_id
),
ended AS (
    SELECT
        group_id,
        count(CASE WHEN state = 'dead' THEN 1 END) AS dead,
        count(CASE WHEN state = 'cancelled' THEN 1 END) AS cancelled
    FROM jobs
    WHERE state IN ('dead', 'cancelled')
    GROUP BY group_id
),
bases AS (
    SELECT group_id, metric, min(mean) AS base, CAST(sum(n) AS BIGINT) AS n
    FROM group_moments
    GROUP BY group_id, metric
),
pooled AS (
    SELECT b.group_id, b.metric, b.n, b.base + sum(m.n * (m.mean - b.base)) / b.n AS mean
    FROM bases AS b
    JOIN group_moments AS m ON m.group_id = b.group_id AND m.metric = b.metric
    GROUP BY b.group_id, b.metric, b.n, b.base
),
variances AS (
    SELECT
        p.group_id,
        p.metric,
        p.n,
        p.mean,
        sum(m.squares + m.n * (m.mean - p.mean) * (m.mean - p.mean)) / NULLIF(p.n - 1, 0) AS v
    FROM pooled AS p
    JOIN group_moments AS m ON m.group_id = p.group_id AND m.metric = p.metric
    GROUP BY p.group_id, p.metric, p.n, p.mean
),
roots AS (
    SELECT group_id, metric, v, (v + 1) / 2 AS x
    FROM variances
    WHERE v > 0
    UNION ALL
    SELECT group_id, metric, v, (x + v / x) / 2
    FROM roots
    WHERE (x + v / x) / 2 < x
),
deviations AS (
    SELECT group_id, metric, min(x) AS sd
    FROM roots
    GROUP BY group_id, metric
),
spreads AS (
    SELECT v.group_id, v.metric, v.n, v.mean, CASE WHEN v.v > 0 THEN d.sd ELSE v.v END AS sd
    FROM variances AS v
    LEFT JOIN deviations AS d ON d.group_id = v.group_id AND d.metric = v.metric
),
metrics AS (
    SELECT
        group_id,
        max(CASE WHEN metric = 'log10_tau' THEN n END) AS n_log10_tau,
        max(CASE WHEN metric = 'loss_final' THEN mean END) AS mean_loss_final,
        max(CASE WHEN metric = 'loss_final' THEN sd END) AS sd_loss_final,
        max(CASE WHEN metric = 'normalized_active_fraction' THEN mean END) AS mean_normalized_active_fraction,
        max(CASE WHEN metric = 'normalized_active_fraction' THEN sd END) AS sd_normalized_active_fraction,
        max(CASE WHEN metric = 'normalized_fraction_active_units' THEN mean END) AS mean_normalized_fraction_active_units,
        max(CASE WHEN metric = 'normalized_fraction_active_units' THEN sd END) AS sd_normalized_fraction_active_units,
        max(CASE WHEN metric = 'log10_tau' THEN mean END) AS mean_log10_tau,
        max(CASE WHEN metric = 'log10_tau' THEN sd END) AS sd_log10_tau,
        max(CASE WHEN metric = 'hessian_trace_ratio' THEN mean END) AS mean_hessian_trace_ratio,
        max(CASE WHEN metric = 'hessian_trace_ratio' THEN sd END) AS sd_hessian_trace_ratio,
        max(CASE WHEN metric = 'hessian_max_ratio' THEN mean END) AS mean_hessian_max_ratio,
        max(CASE WHEN metric = 'hessian_max_ratio' THEN sd END) AS sd_hessian_max_ratio,
        max(CASE WHEN metric = 'hessian_nonzero_fraction' THEN mean END) AS mean_hessian_nonzero_fraction,
        max(CASE WHEN metric = 'hessian_nonzero_fraction' THEN sd END) AS sd_hessian_nonzero_fraction,
        max(CASE WHEN metric = 'spatial_information_ratio' THEN mean END) AS mean_spatial_information_ratio,
        max(CASE WHEN metric = 'spatial_information_ratio' THEN sd END) AS sd_spatial_information_ratio
    FROM spreads
    GROUP BY group_id
)
SELECT
    g.sweep,
    g.task,
    g.algorithm,
    g.noise_type,
    g.regime,
    CAST(COALESCE(f.n, 0) AS BIGINT) AS n,
    m.mean_loss_final,
    m.sd_loss_final,
    m.mean_normalized_active_fraction,
    m.sd_normalized_active_fraction,
    m.mean_normalized_fraction_active_units,
    m.sd_normalized_fraction_active_units,
    m.mean_log10_tau,
    m.sd_log10_tau,
    COALESCE(m.n_log10_tau, 0) AS n_log10_tau,
    m.mean_hessian_trace_ratio,
    m.sd_hessian_trace_ratio,
    m.mean_hessian_max_ratio,
    m.sd_hessian_max_ratio,
    m.mean_hessian_nonzero_fraction,
    m.sd_hessian_nonzero_fraction,
    m.mean_spatial_information_ratio,
    m.sd_spatial_information_ratio,
    g.planned,
    CAST(COALESCE(f.completed, 0) AS BIGINT) AS completed,
    CAST(COALESCE(f.diverged, 0) AS BIGINT) AS diverged,
    CAST(COALESCE(f.silent, 0) AS BIGINT) AS silent,
    CAST(COALESCE(f.truncated, 0) AS BIGINT) AS truncated,
    COALESCE(e.dead, 0) AS dead,
    COALESCE(e.cancelled, 0) AS cancelled,
    CAST(g.planned - COALESCE(f.results, 0) AS BIGINT) - COALESCE(e.dead, 0) - COALESCE(e.cancelled, 0) AS unfinished,
    CAST(COALESCE(f.results - f.n, 0) AS BIGINT) AS excluded
FROM job_groups AS g
LEFT JOIN finished AS f ON f.group_id = g.id
LEFT JOIN ended AS e ON e.group_id = g.id
LEFT JOIN metrics AS m ON m.group_id = g.id;

-- Jobs that ran twice and gave different bits: the recorded run, and the other one, which was superseded
-- (`second run`) or made to compare (`audit`).
CREATE VIEW mismatches AS
SELECT
    j.sweep,
    r.job_id,
    o.kind,
    o.at_ms,
    r.digest AS recorded_digest,
    r.host AS recorded_host,
    w.cpu AS recorded_cpu,
    r.code_version AS recorded_code_version,
    o.digest,
    o.host,
    o.cpu,
    o.code_version
FROM (
    SELECT a.job_id, 'second run' AS kind, a.ended_at_ms AS at_ms, a.digest, a.host, v.cpu, a.code_version
    FROM attempts AS a
    LEFT JOIN workers AS v ON v.id = a.worker_id
    WHERE a.outcome = 'superseded' AND a.digest IS NOT NULL
    UNION ALL
    SELECT job_id, 'audit', audited_at_ms, digest, host, cpu, code_version
    FROM audits
) AS o
JOIN results AS r ON r.job_id = o.job_id
JOIN jobs AS j ON j.id = o.job_id
LEFT JOIN attempts AS b ON b.job_id = r.job_id AND b.epoch = r.epoch
LEFT JOIN workers AS w ON w.id = b.worker_id
WHERE r.digest <> o.digest AND r.outcome <> 'truncated';

-- Representations at a distance in time: one row per job and number of snapshots between two, means over
-- all such pairs.
CREATE VIEW place_drift AS
WITH numbered AS (
    SELECT job_id, step, row_number() OVER (PARTITION BY job_id ORDER BY step) AS number
    FROM place_code
)
SELECT
    c.job_id,
    late.number - early.number AS lag,
    CAST(avg(c.other_step - c.step) AS DOUBLE PRECISION) AS lag_steps,
    count(*) AS pairs,
    avg(c.rate_map_correlation) AS rate_map_correlation,
    avg(c.population_vector_correlation) AS population_vector_correlation
FROM place_correlations AS c
JOIN numbered AS early ON early.job_id = c.job_id AND early.step = c.step
JOIN numbered AS late ON late.job_id = c.job_id AND late.step = c.other_step
GROUP BY c.job_id, late.number - early.number;
