-- The result is refused; its digest stays for the audit.
UPDATE attempts
SET outcome = 'superseded', ended_at_ms = COALESCE(ended_at_ms, {now}), digest = $3,
    wall_seconds = $4, host = $5, code_version = $6
WHERE job_id = $1 AND epoch = $2 AND worker_id = $7
