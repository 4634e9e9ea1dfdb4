-- $1 worker, $2 lease in ms. A job that is queued or dead under an unchanged epoch was reaped and
-- nobody has claimed it since: the worker is alive after all, so it takes the job back and the
-- crash, if one was counted, is uncounted. Not one that overran its deadline: only its result is welcome.
-- While a lease had run out nobody could say that the attempt hung, so its deadline starts anew.
-- Locked in the order of their ids, as by whoever records several results.
WITH held AS MATERIALIZED (
    SELECT j.id, j.epoch
    FROM jobs AS j
    JOIN attempts AS f ON f.job_id = j.id AND f.epoch = j.epoch
    WHERE (f.job_id, f.epoch, f.worker_id) IN (SELECT column1, column2, column3 FROM {rows: text, bigint, text})
    ORDER BY j.id
    {for_update_of_jobs}
)
UPDATE jobs
SET lease_until_ms = {now} + $2,
    owner = $1,
    crashes = jobs.crashes - CASE WHEN jobs.taken_back = 'lease_expired' THEN 1 ELSE 0 END,
    deadline_at_ms = CASE
        WHEN jobs.taken_back IS NULL AND jobs.lease_until_ms >= {now} THEN jobs.deadline_at_ms
        ELSE {now} + 2 * $2 + (SELECT s.max_job_ms FROM sweeps AS s WHERE s.name = jobs.sweep)
    END,
    taken_back = NULL,
    state = 'running'
FROM held
WHERE jobs.id = held.id
    AND jobs.epoch = held.epoch
    AND jobs.state IN ('running', 'queued', 'dead')
    AND jobs.epoch > 0
    AND jobs.taken_back IS DISTINCT FROM 'timeout'
RETURNING jobs.id, jobs.epoch, jobs.cancel_requested,
    (SELECT f.worker_id FROM attempts AS f WHERE f.job_id = jobs.id AND f.epoch = jobs.epoch) AS worker_id
