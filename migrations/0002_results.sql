-- What the simulations found. Written once, in the transaction that ends the job; but for `excluded`, the
-- first exclusion rule of the sweep that holds, which follows every change of the rules.

CREATE TABLE results (
    job_id TEXT PRIMARY KEY REFERENCES jobs (id),
    epoch BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('completed', 'diverged', 'silent', 'truncated')),
    excluded TEXT,
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
    directed_drift_end_step BIGINT,
    hessian_trace_ratio DOUBLE PRECISION,
    hessian_max_ratio DOUBLE PRECISION,
    hessian_nonzero_fraction DOUBLE PRECISION,
    spatial_information_ratio DOUBLE PRECISION,
    engine TEXT NOT NULL,
    digest TEXT NOT NULL,
    wall_seconds DOUBLE PRECISION NOT NULL,
    host TEXT NOT NULL,
    code_version TEXT NOT NULL,
    recorded_at_ms BIGINT NOT NULL
);

-- Running totals of a group's results, so that nobody counts a million rows: changed in the transaction
-- that records a result, counted anew when the exclusion rules change. A worker adds to one of several
-- shards, so that workers don't wait for each other. `excluded` is '' for analysed runs.
CREATE TABLE group_outcomes (
    group_id BIGINT NOT NULL REFERENCES job_groups (id),
    shard BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    excluded TEXT NOT NULL,
    results BIGINT NOT NULL,
    steps_done BIGINT NOT NULL,
    wall_seconds DOUBLE PRECISION NOT NULL,
    planned_seconds DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (group_id, shard, outcome, excluded)
);

-- Of analysed runs: how many have the metric, its mean, and the sum of squared deviations from it.
CREATE TABLE group_moments (
    group_id BIGINT NOT NULL REFERENCES job_groups (id),
    shard BIGINT NOT NULL,
    metric TEXT NOT NULL,
    n BIGINT NOT NULL,
    mean DOUBLE PRECISION NOT NULL,
    squares DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (group_id, shard, metric)
);

-- What follows is written row by row in the transaction that ends its job, and by nothing else: the job is there. A
-- foreign key would have PostgreSQL look for it once more for each of a result's hundreds of rows.

-- A number that is not one (a diverged loss) is NULL.
CREATE TABLE trajectory (
    job_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    loss DOUBLE PRECISION,
    active_fraction DOUBLE PRECISION,
    fraction_active_units DOUBLE PRECISION,
    PRIMARY KEY (job_id, step)
);

-- `active_samples` is a JSON array: for each hidden unit, the number of samples it is active for.
CREATE TABLE unit_activity (
    job_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    active_samples TEXT NOT NULL,
    PRIMARY KEY (job_id, step)
);

-- Spectra of the Hessian. `exact` is 1 for the whole Hessian's eigenvalues, 0 for its Gauss-Newton
-- part's; where there are none, all but the trace is NULL.
CREATE TABLE spectra (
    job_id TEXT NOT NULL,
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

-- Where a walker in a valley was.
CREATE TABLE positions (
    job_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    x DOUBLE PRECISION,
    y DOUBLE PRECISION,
    PRIMARY KEY (job_id, step)
);

-- Whole spectra, where asked for. `eigenvalues` is a JSON array, falling, without those known to be zero.
CREATE TABLE eigenvalues (
    job_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    eigenvalues TEXT NOT NULL,
    PRIMARY KEY (job_id, step)
);

-- Where activity is counted: along the corridor and back, or a bin for each sample (`position` NULL).
CREATE TABLE place_bins (
    job_id TEXT NOT NULL,
    bin BIGINT NOT NULL,
    position DOUBLE PRECISION,
    occupancy DOUBLE PRECISION,
    PRIMARY KEY (job_id, bin)
);

-- Tuning of all units. Without place cells their mean is NULL.
CREATE TABLE place_code (
    job_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    mean_spatial_information DOUBLE PRECISION,
    place_cells BIGINT NOT NULL,
    PRIMARY KEY (job_id, step)
);

-- Every pair of snapshots of the place code, the earlier first.
CREATE TABLE place_correlations (
    job_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    other_step BIGINT NOT NULL,
    rate_map_correlation DOUBLE PRECISION,
    population_vector_correlation DOUBLE PRECISION,
    PRIMARY KEY (job_id, step, other_step)
);

-- `rate_map` is a JSON array: the mean activity in each bin, smoothed along the corridor.
CREATE TABLE rate_maps (
    job_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    unit BIGINT NOT NULL,
    spatial_information DOUBLE PRECISION,
    rate_map TEXT NOT NULL,
    PRIMARY KEY (job_id, step, unit)
);
