SELECT p.job_id, p.step, p.mean_spatial_information, p.place_cells
FROM jobs AS j
JOIN place_code AS p ON p.job_id = j.id
WHERE j.sweep = '{sweep}'
ORDER BY p.job_id, p.step
