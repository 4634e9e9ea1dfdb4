INSERT INTO workers (id, host, pid, process, slots, cpu, code_version, started_at_ms, seen_at_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, {now}, {now})
ON CONFLICT (id) DO UPDATE SET slots = excluded.slots, seen_at_ms = excluded.seen_at_ms
