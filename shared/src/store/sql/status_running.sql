-- Held apart, so that the few running jobs are found first: grouped at once, SQLite would go through the index of
-- all jobs, which has them by sweep.
WITH held AS MATERIALIZED (
    SELECT sweep, owner, lease_until_ms
    FROM jobs
    WHERE state = 'running'
)
SELECT
    sweep, count(*) AS jobs,
    count(DISTINCT CASE WHEN lease_until_ms >= {now} THEN owner END) AS workers
FROM held
WHERE $1 IS NULL OR sweep = $1
GROUP BY sweep
