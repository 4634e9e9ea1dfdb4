SELECT
    p.algorithm, p.noise_type, p.task, p.regime, p.data_range, p.update_noise_on,
    p.label_noise_distribution, p.precision, j.model_version, count(*) AS jobs
FROM jobs AS j
JOIN job_parameters AS p ON p.job_id = j.id
WHERE j.sweep IN ({sweeps})
GROUP BY
    p.algorithm, p.noise_type, p.task, p.regime, p.data_range, p.update_noise_on,
    p.label_noise_distribution, p.precision, j.model_version
ORDER BY
    p.algorithm, p.noise_type, p.task, p.regime, p.data_range, p.update_noise_on,
    p.label_noise_distribution, p.precision, j.model_version
