SELECT p.job_id, p.step, p.x, p.y
FROM jobs AS j
JOIN positions AS p ON p.job_id = j.id
WHERE j.sweep = '{sweep}'
ORDER BY p.job_id, p.step
