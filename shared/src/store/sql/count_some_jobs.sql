-- $1 most jobs to count.
SELECT count(*) AS jobs FROM (SELECT 1 FROM jobs LIMIT $1) AS some
