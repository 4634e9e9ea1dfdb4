SELECT p.job_id, p.bin, p.position, p.occupancy
FROM jobs AS j
JOIN place_bins AS p ON p.job_id = j.id
WHERE j.sweep = '{sweep}'
ORDER BY p.job_id, p.bin
