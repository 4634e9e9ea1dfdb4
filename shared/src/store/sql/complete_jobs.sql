-- Queued or dead under an unchanged epoch: reaped, and nobody has claimed it since, so the late finisher is
-- welcome, and its crash is uncounted if it was counted as one. Locked in the order of their ids, as by a
-- heartbeat, so that neither waits for the other for ever.
WITH finished AS MATERIALIZED (
    SELECT j.id, j.epoch
    FROM jobs AS j
    WHERE (j.id, j.epoch) IN (SELECT column1, column2 FROM {rows: text, bigint})
    ORDER BY j.id
    {for_update}
)
UPDATE jobs
SET crashes = jobs.crashes - CASE WHEN jobs.state = 'running' THEN 0 ELSE (
        SELECT count(*)
        FROM attempts AS a
        WHERE a.job_id = jobs.id AND a.epoch = jobs.epoch AND a.outcome = 'lease_expired'
    ) END,
    state = 'done',
    owner = NULL,
    lease_until_ms = NULL,
    deadline_at_ms = NULL,
    cancel_requested = 0
FROM finished
WHERE jobs.id = finished.id
    AND jobs.epoch = finished.epoch
    AND jobs.epoch > 0
    AND jobs.state IN ('running', 'queued', 'dead')
RETURNING jobs.id, jobs.epoch, jobs.sweep, jobs.group_id, jobs.estimated_seconds
