SELECT r.job_id, r.task, r.learning_rate, r.update_noise, r.steps, p.step, p.x, p.y
FROM runs AS r
JOIN positions AS p ON p.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.outcome IS NOT NULL
    AND r.excluded IS NULL
    AND r.task IN ('narrowing_valley', 'flat_valley')
ORDER BY r.task, r.replicate, r.job_id, p.step
