-- The epoch is raised: a reaped attempt that is alive after all may not take the job back.
UPDATE jobs
SET state = 'cancelled', epoch = epoch + 1
WHERE sweep = $1 AND state = 'queued'
