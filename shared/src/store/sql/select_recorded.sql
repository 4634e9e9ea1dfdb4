-- $1 job, $2 epoch, $3 worker.
SELECT CAST(CASE WHEN a.worker_id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS own
FROM jobs AS j
LEFT JOIN results AS r ON r.job_id = j.id AND r.epoch = $2
LEFT JOIN attempts AS a ON a.job_id = r.job_id AND a.epoch = r.epoch AND a.worker_id = $3
WHERE j.id = $1
