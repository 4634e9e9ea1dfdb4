SELECT job_id, algorithm, noise_type, task, steps, converged_step, directed_drift_end_step
FROM runs
WHERE sweep IN ({sweeps})
    AND outcome IS NOT NULL
    AND excluded IS NULL
    AND task NOT IN ('narrowing_valley', 'flat_valley')
ORDER BY algorithm, noise_type, job_id
