SELECT j.epoch, r.epoch AS recorded_epoch
FROM jobs AS j
LEFT JOIN results AS r ON r.job_id = j.id
WHERE j.id = $1
