-- $1 job, $2 epoch, $3 outcome, $4 error or NULL.
UPDATE attempts
SET outcome = $3, error = $4, ended_at_ms = {now}
WHERE job_id = $1 AND epoch = $2
