-- $1 sweep. In braces: the name of the first exclusion rule that holds for a row `r`, or NULL.
WITH labelled AS MATERIALIZED (
    SELECT r.job_id, {label} AS label
    FROM (
        SELECT
            p.*, x.outcome, x.steps_done, x.loss_final, x.active_fraction_initial,
            x.active_fraction_final, x.normalized_active_fraction, x.fraction_active_units_initial,
            x.fraction_active_units_final, x.normalized_fraction_active_units, x.timescale_fit,
            x.sparsification_timescale, x.log10_tau, x.converged_step,
            x.directed_drift_end_step, x.hessian_trace_ratio, x.hessian_max_ratio,
            x.hessian_nonzero_fraction, x.spatial_information_ratio, x.engine, x.wall_seconds, x.host,
            x.code_version, j.attempts
        FROM results AS x
        JOIN jobs AS j ON j.id = x.job_id
        JOIN job_parameters AS p ON p.job_id = x.job_id
        WHERE j.sweep = $1
    ) AS r
)
UPDATE results
SET excluded = labelled.label
FROM labelled
WHERE results.job_id = labelled.job_id AND results.excluded IS DISTINCT FROM labelled.label
