-- $1 lease in ms. Attempts that overran the sweep's limit although their workers renew: hung. One whose lease
-- has run out is the lease reaper's, and nobody is judged before the database has been up for one lease, as there.
-- The epoch stays, so that a result that comes after all is taken; a heartbeat or a release is not.
WITH overdue AS MATERIALIZED (
    SELECT j.id
    FROM jobs AS j
    WHERE j.state = 'running'
        AND j.deadline_at_ms < {now}
        AND j.lease_until_ms >= {now}
        AND {now} - {database_started} > $1
    ORDER BY j.id
    LIMIT 64
    {skip_locked}
)
UPDATE jobs
SET errors = jobs.errors + 1,
    epoch = jobs.epoch + jobs.cancel_requested,
    taken_back = CASE WHEN jobs.cancel_requested = 1 THEN NULL ELSE 'timeout' END,
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
