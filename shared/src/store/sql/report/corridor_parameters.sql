SELECT r.job_id, p.parameters
FROM runs AS r
JOIN job_parameters AS p ON p.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.outcome IS NOT NULL
    AND r.excluded IS NULL
    AND r.task = 'predictive_track'
ORDER BY r.job_id
