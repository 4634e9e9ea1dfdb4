-- The row stays locked until the transaction ends, so two submissions of one sweep take turns.
INSERT INTO sweeps (
    name, seed, source, max_errors, max_crashes, max_dead, max_job_ms, submitted_at_ms, updated_at_ms
)
VALUES ($1, $2, $3, $4, $5, $6, $7, {now}, {now})
ON CONFLICT (name) DO UPDATE SET
    seed = excluded.seed,
    source = excluded.source,
    max_errors = excluded.max_errors,
    max_crashes = excluded.max_crashes,
    max_dead = excluded.max_dead,
    max_job_ms = excluded.max_job_ms,
    updated_at_ms = excluded.updated_at_ms
