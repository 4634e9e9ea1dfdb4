-- In braces: the name of the first exclusion rule that holds for a row `r`, or NULL; and, where there are rules, the
-- return of these labels.
INSERT INTO results (
    job_id, epoch, outcome, excluded, steps_done, loss_final, active_fraction_initial, active_fraction_final,
    normalized_active_fraction, fraction_active_units_initial, fraction_active_units_final,
    normalized_fraction_active_units, timescale_fit, sparsification_timescale, log10_tau, converged_step,
    directed_drift_end_step, hessian_trace_ratio, hessian_max_ratio, hessian_nonzero_fraction,
    spatial_information_ratio, engine, digest, wall_seconds, host, code_version, recorded_at_ms
)
SELECT
    r.job_id, r.epoch, r.outcome, {label}, r.steps_done, r.loss_final, r.active_fraction_initial,
    r.active_fraction_final, r.normalized_active_fraction, r.fraction_active_units_initial,
    r.fraction_active_units_final, r.normalized_fraction_active_units, r.timescale_fit,
    r.sparsification_timescale, r.log10_tau, r.converged_step, r.directed_drift_end_step,
    r.hessian_trace_ratio, r.hessian_max_ratio, r.hessian_nonzero_fraction, r.spatial_information_ratio,
    r.engine, r.digest, r.wall_seconds, r.host, r.code_version, {now}
FROM (
    SELECT
        p.*, j.attempts, given.column2 AS epoch, given.column3 AS outcome, given.column4 AS steps_done,
        given.column5 AS loss_final, given.column6 AS active_fraction_initial, given.column7 AS
        active_fraction_final, given.column8 AS normalized_active_fraction, given.column9 AS
        fraction_active_units_initial, given.column10 AS fraction_active_units_final, given.column11 AS
        normalized_fraction_active_units, given.column12 AS timescale_fit, given.column13 AS
        sparsification_timescale, given.column14 AS log10_tau, given.column15 AS converged_step,
        given.column16 AS directed_drift_end_step, given.column17 AS hessian_trace_ratio, given.column18 AS
        hessian_max_ratio, given.column19 AS hessian_nonzero_fraction, given.column20 AS
        spatial_information_ratio, given.column21 AS engine, given.column22 AS digest, given.column23 AS
        wall_seconds, given.column24 AS host, given.column25 AS code_version
    FROM {rows: text, bigint, text, bigint, double precision, double precision, double precision, double precision, double precision, double precision, double precision, text, double precision, double precision, bigint, bigint, double precision, double precision, double precision, double precision, text, text, double precision, text, text}
    JOIN jobs AS j ON j.id = given.column1
    JOIN job_parameters AS p ON p.job_id = given.column1
) AS r
{labels}
