INSERT INTO results (
    job_id, sweep, epoch, outcome, steps_done, loss_final, active_fraction_initial,
    active_fraction_final, normalized_active_fraction, fraction_active_units_initial,
    fraction_active_units_final, normalized_fraction_active_units, timescale_fit,
    sparsification_timescale, log10_tau, converged_step, directed_drift_end_step,
    hessian_trace_ratio, hessian_max_ratio, hessian_nonzero_fraction, spatial_information_ratio,
    engine, digest, wall_seconds, host, code_version, recorded_at_ms
)
SELECT
    column1, column2, column3, column4, column5, column6, column7, column8, column9, column10,
    column11, column12, column13, column14, column15, column16, column17, column18, column19,
    column20, column21, column22, column23, column24, column25, column26, {now}
FROM {rows: text, text, bigint, text, bigint, double precision, double precision, double precision, double precision, double precision, double precision, double precision, text, double precision, double precision, bigint, bigint, double precision, double precision, double precision, double precision, text, text, double precision, text, text}
