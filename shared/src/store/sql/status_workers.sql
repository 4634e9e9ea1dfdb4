SELECT sweep, count(DISTINCT owner) AS workers
FROM jobs
WHERE state = 'running' AND lease_until_ms >= {now} AND ($1 IS NULL OR sweep = $1)
GROUP BY sweep
