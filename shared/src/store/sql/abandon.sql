-- $1 worker, known to be gone: its leases end now. Otherwise as in reap.sql.
UPDATE jobs
SET crashes = jobs.crashes + 1,
    owner = NULL,
    lease_until_ms = NULL,
    epoch = jobs.epoch + jobs.cancel_requested,
    state = CASE
        WHEN jobs.cancel_requested = 1 THEN 'cancelled'
        WHEN jobs.crashes + 1 >= s.max_crashes THEN 'dead'
        ELSE 'queued'
    END,
    available_at_ms = {now} + {crash_delay}
FROM sweeps AS s
WHERE jobs.owner = $1
    AND jobs.state = 'running'
    AND s.name = jobs.sweep
RETURNING jobs.id, jobs.epoch, jobs.state, jobs.sweep
