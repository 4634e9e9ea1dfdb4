-- $1 job, $2 epoch. A job that was reaped meanwhile, but not claimed, gets its crash
-- uncounted.
UPDATE jobs
SET preemptions = preemptions + 1,
    crashes = crashes - CASE WHEN state = 'running' THEN 0 ELSE (
        SELECT count(*)
        FROM attempts AS a
        WHERE a.job_id = jobs.id AND a.epoch = jobs.epoch AND a.outcome = 'lease_expired'
    ) END,
    epoch = epoch + 1,
    owner = NULL,
    lease_until_ms = NULL,
    deadline_at_ms = NULL,
    state = CASE WHEN cancel_requested = 1 THEN 'cancelled' ELSE 'queued' END,
    available_at_ms = {now}
WHERE id = $1 AND epoch = $2 AND epoch > 0 AND state IN ('running', 'queued')
RETURNING sweep, state
