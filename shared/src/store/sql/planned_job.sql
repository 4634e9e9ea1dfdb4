SELECT j.sweep, j.state, p.replicate, p.parameters, r.digest, r.host, r.code_version
FROM jobs AS j
JOIN job_parameters AS p ON p.job_id = j.id
LEFT JOIN results AS r ON r.job_id = j.id
WHERE j.id = $1
