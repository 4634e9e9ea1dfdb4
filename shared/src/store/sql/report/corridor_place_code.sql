SELECT
    r.job_id, r.steps, r.spatial_information_ratio, p.step, p.mean_spatial_information, p.place_cells
FROM runs AS r
JOIN place_code AS p ON p.job_id = r.job_id
WHERE r.sweep IN ({sweeps})
    AND r.outcome IS NOT NULL
    AND r.excluded IS NULL
    AND r.task = 'predictive_track'
ORDER BY r.job_id, p.step
