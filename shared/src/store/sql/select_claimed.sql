SELECT
    j.id, j.epoch, j.owner AS worker_id, j.sweep, j.estimated_seconds, p.replicate, p.parameters, s.max_job_ms,
    c.data AS checkpoint, c.file AS checkpoint_file
FROM {rows: text}
JOIN jobs AS j ON j.id = given.column1
JOIN sweeps AS s ON s.name = j.sweep
JOIN job_parameters AS p ON p.job_id = j.id
LEFT JOIN checkpoints AS c ON c.job_id = j.id
ORDER BY j.estimated_seconds DESC, j.id DESC
