UPDATE sweeps
SET state = 'paused', pause_reason = 'max_dead', updated_at_ms = {now}
WHERE name = $1
    AND state = 'active'
    AND max_dead IS NOT NULL
    AND (SELECT count(*) FROM jobs WHERE sweep = $1 AND state = 'dead') >= max_dead
