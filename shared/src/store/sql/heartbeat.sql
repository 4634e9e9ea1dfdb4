-- $1 worker, $2 lease in ms. A job that is queued or dead under an unchanged epoch was reaped and
-- nobody has claimed it since: the worker is alive after all, so it takes the job back and the
-- crash, if one was counted, is uncounted. Everything else that ends an attempt raises the epoch.
UPDATE jobs
SET lease_until_ms = {now} + $2,
    owner = $1,
    crashes = crashes - CASE WHEN state = 'running' THEN 0 ELSE (
        SELECT count(*)
        FROM attempts AS a
        WHERE a.job_id = jobs.id AND a.epoch = jobs.epoch AND a.outcome = 'lease_expired'
    ) END,
    state = 'running'
WHERE state IN ('running', 'queued', 'dead')
    AND epoch > 0
    AND (id, epoch) IN (SELECT column1, column2 FROM {rows: text, bigint})
RETURNING id, epoch, cancel_requested
