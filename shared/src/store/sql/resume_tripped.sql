UPDATE sweeps
SET state = 'active', pause_reason = NULL, updated_at_ms = {now}
WHERE name = $1 AND pause_reason = 'max_dead'
