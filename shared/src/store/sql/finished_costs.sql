-- $1 host or NULL for all, $2 most rows. Jobs that ran undisturbed from start to end; ids are hashes, so
-- their order is no order of the parameters and the first ones are a fair sample.
SELECT p.parameters, r.wall_seconds
FROM results AS r
JOIN job_parameters AS p ON p.job_id = r.job_id
WHERE r.epoch = 1 AND r.outcome = 'completed' AND ($1 IS NULL OR r.host = $1)
ORDER BY r.job_id
LIMIT $2
