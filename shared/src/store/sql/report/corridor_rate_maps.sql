WITH shown AS (
    -- The first of the largest networks.
    SELECT job_id, steps
    FROM runs
    WHERE sweep IN ({sweeps})
        AND outcome IS NOT NULL
        AND excluded IS NULL
        AND task = 'predictive_track'
        AND job_id IN (SELECT job_id FROM rate_maps)
    ORDER BY hidden_units DESC, n_samples DESC, replicate, job_id
    LIMIT 1
)
SELECT
    s.job_id, s.steps, m.step, m.unit, m.spatial_information, m.rate_map,
    (SELECT min(b.position) FROM place_bins AS b WHERE b.job_id = s.job_id) AS lowest_bin,
    (SELECT max(b.position) FROM place_bins AS b WHERE b.job_id = s.job_id) AS highest_bin
FROM shown AS s
JOIN rate_maps AS m ON m.job_id = s.job_id
ORDER BY m.step, m.unit
