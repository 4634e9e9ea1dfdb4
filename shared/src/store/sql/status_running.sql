SELECT
    sweep, count(*) AS jobs,
    count(DISTINCT CASE WHEN lease_until_ms >= {now} THEN owner END) AS workers
FROM jobs
WHERE state = 'running' AND ($1 IS NULL OR sweep = $1)
GROUP BY sweep
