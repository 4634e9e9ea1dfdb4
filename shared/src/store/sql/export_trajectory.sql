SELECT t.job_id, t.step, t.loss, t.active_fraction, t.fraction_active_units
FROM jobs AS j
JOIN trajectory AS t ON t.job_id = j.id
WHERE j.sweep = '{sweep}'
ORDER BY t.job_id, t.step
