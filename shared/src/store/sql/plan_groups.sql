-- $1 sweep. Counts its jobs anew, by group.
UPDATE job_groups
SET planned = counted.jobs, planned_seconds = counted.seconds
FROM (
    SELECT group_id, count(*) AS jobs, CAST(sum(estimated_seconds) AS DOUBLE PRECISION) AS seconds
    FROM jobs
    WHERE sweep = $1
    GROUP BY group_id
) AS counted
WHERE job_groups.id = counted.group_id
