SELECT j.sweep, j.state, p.replicate, p.parameters, r.digest, r.host, r.code_version, w.cpu
FROM jobs AS j
JOIN job_parameters AS p ON p.job_id = j.id
LEFT JOIN results AS r ON r.job_id = j.id
LEFT JOIN attempts AS a ON a.job_id = r.job_id AND a.epoch = r.epoch
LEFT JOIN workers AS w ON w.id = a.worker_id
WHERE j.id = $1
