UPDATE attempts
SET outcome = 'done', ended_at_ms = {now}, error = NULL, digest = $3, wall_seconds = $4, host = $5,
    code_version = $6
WHERE job_id = $1 AND epoch = $2
