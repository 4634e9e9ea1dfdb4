-- A worker that is no longer on record leaves its processor and slots unknown.
SELECT
    r.host, r.code_version, w.cpu, max(w.slots) AS slots, count(*) AS runs,
    CAST(sum(r.wall_seconds) AS DOUBLE PRECISION) AS wall_seconds
FROM jobs AS j
JOIN results AS r ON r.job_id = j.id
LEFT JOIN attempts AS a ON a.job_id = r.job_id AND a.epoch = r.epoch
LEFT JOIN workers AS w ON w.id = a.worker_id
WHERE j.sweep IN ({sweeps})
GROUP BY r.host, r.code_version, w.cpu
ORDER BY r.host, r.code_version, w.cpu
