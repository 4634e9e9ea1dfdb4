UPDATE jobs
SET cancel_requested = 1
WHERE sweep = $1 AND state = 'running' AND cancel_requested = 0
