-- What the simulations found. Written once, in the transaction that ends the job.

CREATE TABLE results (
    job_id TEXT PRIMARY KEY REFERENCES jobs (id),
    sweep TEXT NOT NULL REFERENCES sweeps (name),
    epoch BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('completed', 'diverged', 'silent', 'truncated')),
    steps_done BIGINT NOT NULL,
    loss_final DOUBLE PRECISION,
    active_fraction_initial DOUBLE PRECISION,
    active_fraction_final DOUBLE PRECISION,
    normalized_active_fraction DOUBLE PRECISION,
    fraction_active_units_initial DOUBLE PRECISION,
    fraction_active_units_final DOUBLE PRECISION,
    normalized_fraction_active_units DOUBLE PRECISION,
    timescale_fit TEXT NOT NULL,
    sparsification_timescale DOUBLE PRECISION,
    log10_tau DOUBLE PRECISION,
    converged_step BIGINT,
    hessian_trace_ratio DOUBLE PRECISION,
    hessian_max_ratio DOUBLE PRECISION,
    hessian_nonzero_fraction DOUBLE PRECISION,
    engine TEXT NOT NULL,
    digest TEXT NOT NULL,
    wall_seconds DOUBLE PRECISION NOT NULL,
    host TEXT NOT NULL,
    code_version TEXT NOT NULL,
    recorded_at_ms BIGINT NOT NULL
);

-- Counts by outcome, and their steps and cost, without touching the rows.
CREATE INDEX results_by_sweep ON results (sweep, outcome, steps_done, wall_seconds);

-- A number that is not one (a diverged loss) is NULL.
CREATE TABLE trajectory (
    job_id TEXT NOT NULL REFERENCES jobs (id),
    step BIGINT NOT NULL,
    loss DOUBLE PRECISION,
    active_fraction DOUBLE PRECISION,
    fraction_active_units DOUBLE PRECISION,
    PRIMARY KEY (job_id, step)
);

-- `active_samples` is a JSON array: for each hidden unit, the number of samples it is active for.
CREATE TABLE unit_activity (
    job_id TEXT NOT NULL REFERENCES jobs (id),
    step BIGINT NOT NULL,
    active_samples TEXT NOT NULL,
    PRIMARY KEY (job_id, step)
);

-- Spectra of the Hessian. `exact` is 1 for the whole Hessian's eigenvalues, 0 for its Gauss-Newton
-- part's; where there are none, all but the trace is NULL.
CREATE TABLE spectra (
    job_id TEXT NOT NULL REFERENCES jobs (id),
    step BIGINT NOT NULL,
    trace DOUBLE PRECISION,
    exact BIGINT,
    largest DOUBLE PRECISION,
    positive BIGINT,
    negative BIGINT,
    nonzero_fraction DOUBLE PRECISION,
    nonzero_tol DOUBLE PRECISION,
    log_sum DOUBLE PRECISION,
    PRIMARY KEY (job_id, step)
);
