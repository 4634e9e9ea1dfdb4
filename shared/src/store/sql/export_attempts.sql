SELECT
    a.job_id, a.epoch, a.worker_id, a.started_at_ms, a.ended_at_ms, a.outcome, a.error, a.digest,
    a.wall_seconds, a.host, a.code_version
FROM jobs AS j
JOIN attempts AS a ON a.job_id = j.id
WHERE j.sweep = '{sweep}'
ORDER BY a.job_id, a.epoch
