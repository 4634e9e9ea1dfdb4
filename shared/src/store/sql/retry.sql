UPDATE jobs
SET state = 'queued', errors = 0, crashes = 0, stalls = 0, epoch = epoch + 1, cancel_requested = 0,
    taken_back = NULL, available_at_ms = {now}
WHERE sweep = $1 AND state IN ('dead', 'cancelled')
