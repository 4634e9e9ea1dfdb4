-- The queue. Every statement runs unchanged on SQLite and on PostgreSQL 15 and later: ids and JSON
-- are TEXT, times are BIGINT milliseconds since 1970 by the database's clock, flags are 0 or 1.

CREATE TABLE sweeps (
    name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 100),
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused')),
    pause_reason TEXT CHECK (pause_reason IN ('user', 'max_dead')),
    seed BIGINT NOT NULL,
    source TEXT NOT NULL,
    max_errors BIGINT NOT NULL CHECK (max_errors > 0),
    max_crashes BIGINT NOT NULL CHECK (max_crashes > 0),
    max_dead BIGINT CHECK (max_dead > 0),
    max_job_ms BIGINT CHECK (max_job_ms > 0),
    submitted_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    CHECK ((state = 'paused') = (pause_reason IS NOT NULL))
);

-- Which finished runs a sweep leaves out of its summaries: a JSON list of named rules in the order in
-- which they are tried. `version` grows with every change. A row of its own, because recording a result
-- locks it in share mode, and a large submission locks the sweep's for long.
CREATE TABLE analyses (
    sweep TEXT PRIMARY KEY REFERENCES sweeps (name),
    rules TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    changed_at_ms BIGINT NOT NULL
);

-- What summaries tell apart: one row per task, algorithm, noise type and regime of a sweep. `id` is a
-- hash of the five. How many jobs are planned is counted when they are submitted.
CREATE TABLE job_groups (
    id BIGINT PRIMARY KEY,
    sweep TEXT NOT NULL REFERENCES sweeps (name),
    task TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    noise_type TEXT NOT NULL,
    regime TEXT NOT NULL,
    planned BIGINT NOT NULL,
    planned_seconds DOUBLE PRECISION NOT NULL,
    UNIQUE (sweep, task, algorithm, noise_type, regime)
);

-- Hot and narrow: a heartbeat rewrites its row every few seconds. No index names lease_until_ms,
-- owner or a counter, so that on PostgreSQL those updates stay within the page (HOT); there the
-- fillfactor is lowered to 70 after the migration, which SQLite has no word for. A job's sweep, and the job of
-- its parameters, are no foreign keys: both are inserted in one transaction, and PostgreSQL checks row by row.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY CHECK (length(id) = 32),
    sweep TEXT NOT NULL,
    group_id BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'done', 'dead', 'cancelled')),
    model_version BIGINT NOT NULL,
    estimated_seconds DOUBLE PRECISION NOT NULL CHECK (estimated_seconds >= 0),
    available_at_ms BIGINT NOT NULL,
    epoch BIGINT NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    attempts BIGINT NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    errors BIGINT NOT NULL DEFAULT 0 CHECK (errors >= 0),
    crashes BIGINT NOT NULL DEFAULT 0 CHECK (crashes >= 0),
    preemptions BIGINT NOT NULL DEFAULT 0 CHECK (preemptions >= 0),
    stalls BIGINT NOT NULL DEFAULT 0 CHECK (stalls >= 0),
    steps_kept BIGINT NOT NULL DEFAULT 0,
    cancel_requested BIGINT NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
    owner TEXT,
    lease_until_ms BIGINT,
    deadline_at_ms BIGINT,
    -- How the newest attempt was taken from a worker that may yet prove to be alive: the outcome that this gave
    -- it. In this row, because whoever waits for the row's lock then reads it as of after the wait, while a
    -- subquery on `attempts` would read it as of before.
    taken_back TEXT CHECK (taken_back IN ('lease_expired', 'released', 'timeout')),
    CHECK ((state = 'running') = (lease_until_ms IS NOT NULL)),
    CHECK ((state = 'running') = (owner IS NOT NULL)),
    CHECK (taken_back IS NULL OR state IN ('queued', 'dead'))
);

-- The claim: longest expected first, over all sweeps, and within one.
CREATE INDEX jobs_queued ON jobs (model_version, estimated_seconds, id) WHERE state = 'queued';
CREATE INDEX jobs_queued_of_sweep ON jobs (sweep, model_version, estimated_seconds, id) WHERE state = 'queued';
-- The reaper.
CREATE INDEX jobs_running ON jobs (id) WHERE state = 'running';
-- Counts of what ended without a result; everything else is counted by the groups' totals.
CREATE INDEX jobs_ended ON jobs (group_id, state, estimated_seconds) WHERE state IN ('dead', 'cancelled');
-- Failures of a sweep among a million jobs that have none.
CREATE INDEX jobs_failed ON jobs (sweep) WHERE errors > 0 OR crashes > 0 OR stalls > 0;
-- Pages of `runs`.
CREATE INDEX jobs_by_sweep ON jobs (sweep, id);

-- Cold: written once. One column per parameter, named as in the sweep file, for SQL; the full JSON
-- is what a worker reads.
CREATE TABLE job_parameters (
    job_id TEXT PRIMARY KEY,
    replicate BIGINT NOT NULL,
    noise_type TEXT NOT NULL CHECK (noise_type IN ('update', 'label', 'none', 'both')),
    algorithm TEXT NOT NULL,
    task TEXT NOT NULL,
    regime TEXT NOT NULL,
    n_samples BIGINT NOT NULL,
    input_dim BIGINT NOT NULL,
    output_dim BIGINT NOT NULL,
    smoothing_dim BIGINT,
    hidden_units BIGINT NOT NULL,
    learning_rate DOUBLE PRECISION NOT NULL,
    update_noise DOUBLE PRECISION NOT NULL,
    update_noise_on TEXT NOT NULL,
    label_noise DOUBLE PRECISION NOT NULL,
    label_noise_distribution TEXT NOT NULL,
    input_noise DOUBLE PRECISION NOT NULL,
    data_range TEXT NOT NULL,
    heading_jitter BIGINT NOT NULL CHECK (heading_jitter IN (0, 1)),
    steps BIGINT NOT NULL,
    linear_measurements BIGINT NOT NULL,
    logarithmic_measurements BIGINT NOT NULL,
    trajectory_points BIGINT NOT NULL,
    unit_activity_snapshots BIGINT NOT NULL,
    hessian_snapshots BIGINT NOT NULL,
    hessian_eigenvalues TEXT NOT NULL,
    hessian_cost_max DOUBLE PRECISION,
    measure_on_manifold BIGINT NOT NULL CHECK (measure_on_manifold IN (0, 1)),
    place_snapshots BIGINT NOT NULL,
    precision TEXT NOT NULL,
    reductions TEXT NOT NULL,
    dataset TEXT,
    seed BIGINT NOT NULL,
    data_seed BIGINT,
    weights_seed BIGINT,
    parameters TEXT NOT NULL
);

-- Every execution of every job, kept for ever.
CREATE TABLE attempts (
    job_id TEXT NOT NULL REFERENCES jobs (id),
    epoch BIGINT NOT NULL,
    worker_id TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    outcome TEXT CHECK (outcome IN
        ('done', 'error', 'lease_expired', 'timeout', 'released', 'stalled', 'cancelled', 'superseded')),
    error TEXT,
    digest TEXT,
    wall_seconds DOUBLE PRECISION,
    host TEXT,
    code_version TEXT,
    PRIMARY KEY (job_id, epoch)
);

-- Results that were refused, for comparing bits.
CREATE INDEX attempts_superseded ON attempts (job_id) WHERE outcome = 'superseded';

-- Finished jobs that were run again to compare bits.
CREATE TABLE audits (
    id TEXT PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    audited_at_ms BIGINT NOT NULL,
    host TEXT NOT NULL,
    cpu TEXT NOT NULL,
    code_version TEXT NOT NULL,
    digest TEXT NOT NULL,
    wall_seconds DOUBLE PRECISION NOT NULL
);
CREATE INDEX audits_by_job ON audits (job_id);

CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    process TEXT NOT NULL,
    slots BIGINT NOT NULL,
    cpu TEXT NOT NULL,
    code_version TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    seen_at_ms BIGINT NOT NULL
);

-- At most one per job: where its next attempt goes on. `data` is empty where `file` names a file in the folder
-- beside a SQLite database.
CREATE TABLE checkpoints (
    job_id TEXT PRIMARY KEY REFERENCES jobs (id),
    epoch BIGINT NOT NULL,
    saved_at_ms BIGINT NOT NULL,
    steps_done BIGINT NOT NULL,
    data BYTEA NOT NULL,
    file TEXT
);

-- The user's own data sets. `data` is X then y, row by row, as little-endian doubles.
CREATE TABLE datasets (
    id TEXT PRIMARY KEY CHECK (length(id) = 64),
    n_samples BIGINT NOT NULL,
    input_dim BIGINT NOT NULL,
    output_dim BIGINT NOT NULL,
    data BYTEA NOT NULL,
    stored_at_ms BIGINT NOT NULL
);
