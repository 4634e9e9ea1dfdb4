-- $1 worker, known to be gone: its leases end now. $2: 1 if that counts as a crash, else 0.
-- Otherwise as in reap.sql.
UPDATE jobs
SET crashes = jobs.crashes + $2,
    preemptions = jobs.preemptions + 1 - $2,
    owner = NULL,
    lease_until_ms = NULL,
    epoch = jobs.epoch + jobs.cancel_requested,
    taken_back = CASE
        WHEN jobs.cancel_requested = 1 THEN NULL
        WHEN $2 = 1 THEN 'lease_expired'
        ELSE 'released'
    END,
    state = CASE
        WHEN jobs.cancel_requested = 1 THEN 'cancelled'
        WHEN $2 = 1 AND jobs.crashes + 1 >= s.max_crashes THEN 'dead'
        ELSE 'queued'
    END,
    available_at_ms = {now} + CASE WHEN $2 = 1 THEN {crash_delay} ELSE 0 END
FROM sweeps AS s
WHERE jobs.owner = $1
    AND jobs.state = 'running'
    AND s.name = jobs.sweep
RETURNING jobs.id, jobs.epoch, jobs.state, jobs.sweep
