SELECT
    s.name AS sweep, s.seed, count(DISTINCT p.seed) AS seeds, max(p.replicate) + 1 AS replicates,
    count(DISTINCT p.data_seed) AS data_seeds, count(DISTINCT p.weights_seed) AS weights_seeds
FROM sweeps AS s
JOIN jobs AS j ON j.sweep = s.name
JOIN job_parameters AS p ON p.job_id = j.id
WHERE s.name IN ({sweeps})
GROUP BY s.name, s.seed
ORDER BY s.name
