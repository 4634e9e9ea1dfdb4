SELECT e.job_id, e.step, e.eigenvalues
FROM jobs AS j
JOIN eigenvalues AS e ON e.job_id = j.id
WHERE j.sweep = '{sweep}'
ORDER BY e.job_id, e.step
