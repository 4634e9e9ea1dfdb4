-- $1 worker, $2 lease in ms. A job that is queued or dead under an unchanged epoch was reaped and
-- nobody has claimed it since: the worker is alive after all, so it takes the job back and the
-- crash, if one was counted, is uncounted. Everything else that ends an attempt raises the epoch.
-- Locked in the order of their ids, as by whoever records several results.
WITH held AS MATERIALIZED (
    SELECT j.id, j.epoch
    FROM jobs AS j
    WHERE (j.id, j.epoch) IN (SELECT column1, column2 FROM {rows: text, bigint})
    ORDER BY j.id
    {for_update}
)
UPDATE jobs
SET lease_until_ms = {now} + $2,
    owner = $1,
    crashes = jobs.crashes - CASE WHEN jobs.state = 'running' THEN 0 ELSE (
        SELECT count(*)
        FROM attempts AS a
        WHERE a.job_id = jobs.id AND a.epoch = jobs.epoch AND a.outcome = 'lease_expired'
    ) END,
    state = 'running'
FROM held
WHERE jobs.id = held.id
    AND jobs.epoch = held.epoch
    AND jobs.state IN ('running', 'queued', 'dead')
    AND jobs.epoch > 0
RETURNING jobs.id, jobs.epoch, jobs.cancel_requested
