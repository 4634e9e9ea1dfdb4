-- $1 worker, $2 lease in ms, $3 model version, $4 and $6 the duration in s and the id at which to begin, $5 most jobs,
-- $7 sweep (only where {in_sweep} stands for a condition).
-- The UPDATE looks at the state again: a row chosen by an older snapshot may be gone by now.
WITH chosen AS MATERIALIZED (
    SELECT j.id
    FROM jobs AS j
    WHERE j.state = 'queued'
        AND j.model_version = $3
        AND j.available_at_ms <= {now}
        AND (j.estimated_seconds, j.id) <= ($4, $6)
        {in_sweep}
        AND EXISTS (SELECT 1 FROM sweeps AS s WHERE s.name = j.sweep AND s.state = 'active')
    ORDER BY j.estimated_seconds DESC, j.id DESC
    LIMIT $5
    {skip_locked}
)
UPDATE jobs
SET state = 'running',
    epoch = jobs.epoch + 1,
    attempts = jobs.attempts + 1,
    owner = $1,
    lease_until_ms = {now} + $2,
    -- The worker ends the attempt itself; two leases later it is taken for hung.
    deadline_at_ms = {now} + 2 * $2 + (SELECT s.max_job_ms FROM sweeps AS s WHERE s.name = jobs.sweep),
    cancel_requested = 0,
    taken_back = NULL
FROM chosen
WHERE jobs.id = chosen.id AND jobs.state = 'queued'
RETURNING jobs.id, jobs.epoch, jobs.owner AS worker_id, jobs.sweep, jobs.estimated_seconds,
    (SELECT p.replicate FROM job_parameters AS p WHERE p.job_id = jobs.id) AS replicate,
    (SELECT p.parameters FROM job_parameters AS p WHERE p.job_id = jobs.id) AS parameters,
    (SELECT s.max_job_ms FROM sweeps AS s WHERE s.name = jobs.sweep) AS max_job_ms,
    (SELECT c.data FROM checkpoints AS c WHERE c.job_id = jobs.id) AS checkpoint,
    (SELECT c.file FROM checkpoints AS c WHERE c.job_id = jobs.id) AS checkpoint_file
