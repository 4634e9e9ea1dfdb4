SELECT p.job_id, p.step, p.unit, p.spatial_information, p.rate_map
FROM jobs AS j
JOIN rate_maps AS p ON p.job_id = j.id
WHERE j.sweep = '{sweep}'
ORDER BY p.job_id, p.step, p.unit
