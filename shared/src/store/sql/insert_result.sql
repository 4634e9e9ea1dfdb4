INSERT INTO results (
    job_id, sweep, epoch, outcome, steps_done, loss_final, active_fraction_initial,
    active_fraction_final, normalized_active_fraction, fraction_active_units_initial,
    fraction_active_units_final, normalized_fraction_active_units, timescale_fit,
    sparsification_timescale, log10_tau, converged_step, hessian_trace_ratio, hessian_max_ratio,
    hessian_nonzero_fraction, engine, digest, wall_seconds, host, code_version, recorded_at_ms
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
    $22, $23, $24, {now}
)
