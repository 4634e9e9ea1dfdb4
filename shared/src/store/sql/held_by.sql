-- $1 worker.
SELECT j.id, j.epoch, a.worker_id
FROM jobs AS j
JOIN attempts AS a ON a.job_id = j.id AND a.epoch = j.epoch
WHERE j.state = 'running' AND j.owner = $1
ORDER BY j.id
