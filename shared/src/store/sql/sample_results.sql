-- $1 sweep, $2 model version, $3 first id, $4 most rows, $5 host, $6: 1 for results of other hosts, 0 for its own.
-- Ids are hashes, so those that follow any given one are a fair sample. What was cut short by the clock has no
-- bits to compare.
SELECT j.id AS job_id
FROM jobs AS j
JOIN results AS r ON r.job_id = j.id
WHERE j.sweep = $1 AND j.id >= $3 AND r.outcome <> 'truncated' AND j.model_version = $2
    AND (r.host <> $5) = ($6 = 1)
ORDER BY j.id
LIMIT $4
