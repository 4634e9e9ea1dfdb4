-- $1 sweep, $2 most rows. The newest ended attempt of each job that failed and is not done.
SELECT j.id, j.state, j.errors, j.crashes, a.outcome, a.error, w.host
FROM jobs AS j
JOIN attempts AS a ON a.job_id = j.id
LEFT JOIN workers AS w ON w.id = a.worker_id
WHERE j.sweep = $1
    AND j.state IN ('dead', 'queued', 'running')
    AND (j.errors > 0 OR j.crashes > 0 OR j.stalls > 0)
    AND a.epoch = (
        SELECT max(b.epoch) FROM attempts AS b
        WHERE b.job_id = j.id AND b.outcome IN ('error', 'timeout', 'lease_expired', 'stalled')
    )
ORDER BY CASE WHEN j.state = 'dead' THEN 0 ELSE 1 END, a.ended_at_ms DESC, j.id
LIMIT $2
