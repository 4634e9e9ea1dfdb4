SELECT name, state, pause_reason, submitted_at_ms
FROM sweeps
WHERE $1 IS NULL OR name = $1
ORDER BY submitted_at_ms, name
