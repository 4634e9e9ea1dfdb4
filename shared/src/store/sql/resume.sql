UPDATE sweeps
SET state = 'active', pause_reason = NULL, updated_at_ms = {now}
WHERE name = $1 AND state = 'paused'
