-- Queued or dead under an unchanged epoch: reaped, and nobody has claimed it since, so the late finisher is
-- welcome, and the crash or the error that was counted for it is uncounted. Locked in the order of their ids, as by a
-- heartbeat, so that neither waits for the other for ever. Until this transaction ends the
-- exclusion rules can't change, so no result is labelled by rules that were replaced before it appeared.
WITH finished AS MATERIALIZED (
    SELECT j.id, j.epoch, a.rules
    FROM jobs AS j
    JOIN analyses AS a ON a.sweep = j.sweep
    JOIN attempts AS f ON f.job_id = j.id AND f.epoch = j.epoch
    WHERE (f.job_id, f.epoch, f.worker_id) IN (SELECT column1, column2, column3 FROM {rows: text, bigint, text})
    ORDER BY j.id
    {for_update_and_rules}
)
UPDATE jobs
SET crashes = jobs.crashes - CASE WHEN jobs.taken_back = 'lease_expired' THEN 1 ELSE 0 END,
    errors = jobs.errors - CASE WHEN jobs.taken_back = 'timeout' THEN 1 ELSE 0 END,
    taken_back = NULL,
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
RETURNING jobs.id, jobs.epoch, jobs.sweep, jobs.group_id, jobs.estimated_seconds, {locked_rules} AS rules,
    (SELECT f.worker_id FROM attempts AS f WHERE f.job_id = jobs.id AND f.epoch = jobs.epoch) AS worker_id
