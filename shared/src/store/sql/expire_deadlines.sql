-- Attempts that overran the sweep's limit, heartbeats or not. The epoch is raised, so that the
-- worker's next heartbeat tells it to stop.
WITH overdue AS MATERIALIZED (
    SELECT j.id
    FROM jobs AS j
    WHERE j.state = 'running' AND j.deadline_at_ms < {now}
    ORDER BY j.id
    LIMIT 64
    {skip_locked}
)
UPDATE jobs
SET errors = jobs.errors + 1,
    epoch = jobs.epoch + 1,
    owner = NULL,
    lease_until_ms = NULL,
    deadline_at_ms = NULL,
    state = CASE
        WHEN jobs.cancel_requested = 1 THEN 'cancelled'
        WHEN jobs.errors + 1 >= s.max_errors THEN 'dead'
        ELSE 'queued'
    END,
    available_at_ms = {now} + {error_delay}
FROM overdue, sweeps AS s
WHERE jobs.id = overdue.id
    AND s.name = jobs.sweep
    AND jobs.state = 'running'
    AND jobs.deadline_at_ms < {now}
RETURNING jobs.id, jobs.epoch, jobs.state, jobs.sweep
