-- $1 job, $2 epoch, $3 worker.
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
FROM sweeps AS s
WHERE jobs.id = $1 AND jobs.epoch = $2 AND jobs.state = 'running' AND s.name = jobs.sweep
    AND EXISTS (SELECT 1 FROM attempts AS f WHERE f.job_id = jobs.id AND f.epoch = jobs.epoch AND f.worker_id = $3)
RETURNING jobs.sweep, jobs.state
