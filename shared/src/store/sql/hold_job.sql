-- $1 job, $2 epoch, $3 worker. Changes nothing; locks the row if the attempt is still the newest, so that
-- nobody claims the job before this transaction ends.
UPDATE jobs
SET epoch = epoch
WHERE id = $1
    AND epoch = $2
    AND epoch > 0
    AND state IN ('running', 'queued', 'dead')
    AND taken_back IS DISTINCT FROM 'timeout'
    AND EXISTS (SELECT 1 FROM attempts AS f WHERE f.job_id = jobs.id AND f.epoch = jobs.epoch AND f.worker_id = $3)
RETURNING sweep
