-- $1 job, $2 epoch. Queued or dead under an unchanged epoch: reaped, and nobody has claimed it
-- since, so the late finisher is welcome, and its crash is uncounted if it was counted as one.
UPDATE jobs
SET crashes = crashes - CASE WHEN state = 'running' THEN 0 ELSE (
        SELECT count(*)
        FROM attempts AS a
        WHERE a.job_id = jobs.id AND a.epoch = jobs.epoch AND a.outcome = 'lease_expired'
    ) END,
    state = 'done',
    owner = NULL,
    lease_until_ms = NULL,
    deadline_at_ms = NULL,
    cancel_requested = 0
WHERE id = $1 AND epoch = $2 AND epoch > 0 AND state IN ('running', 'queued', 'dead')
RETURNING sweep
