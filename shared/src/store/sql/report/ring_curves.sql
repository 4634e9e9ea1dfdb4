SELECT r.job_id, r.hidden_units, r.steps, t.step, t.loss, t.fraction_active_units
FROM runs AS r
JOIN trajectory AS t ON t.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.outcome IS NOT NULL
    AND r.excluded IS NULL
    AND r.algorithm = 'similarity_matching'
ORDER BY r.job_id, t.step
