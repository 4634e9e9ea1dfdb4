-- $1 sweep. One statement, so that a job whose state changes meanwhile is met in its new one. The epoch of what
-- waits is raised, and of what is dead because its worker fell silent: an attempt that is alive after all may not
-- take the job back.
UPDATE jobs
SET cancel_requested = CASE WHEN state = 'running' THEN 1 ELSE 0 END,
    epoch = epoch + CASE WHEN state = 'running' THEN 0 ELSE 1 END,
    taken_back = NULL,
    state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END
WHERE sweep = $1
    AND (
        state = 'queued'
        OR (state = 'running' AND cancel_requested = 0)
        OR (state = 'dead' AND taken_back IS NOT NULL)
    )
