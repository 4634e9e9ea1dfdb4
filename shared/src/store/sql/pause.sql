UPDATE sweeps
SET state = 'paused', pause_reason = 'user', updated_at_ms = {now}
WHERE name = $1 AND state = 'active'
