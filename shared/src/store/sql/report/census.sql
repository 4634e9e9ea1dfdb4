SELECT DISTINCT sweep, task, algorithm, noise_type
FROM runs
WHERE sweep IN ({sweeps})
    AND outcome IS NOT NULL
    AND excluded IS NULL
ORDER BY sweep, task, algorithm, noise_type
