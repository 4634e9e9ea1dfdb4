SELECT name FROM sweeps ORDER BY submitted_at_ms, name
