-- As claim.sql, and insert_attempts.sql after it: in one statement, which only PostgreSQL allows.
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
),
claimed AS (
    UPDATE jobs
    SET state = 'running',
        epoch = jobs.epoch + 1,
        attempts = jobs.attempts + 1,
        owner = $1,
        lease_until_ms = {now} + $2,
        deadline_at_ms = {now} + 2 * $2 + (SELECT s.max_job_ms FROM sweeps AS s WHERE s.name = jobs.sweep),
        cancel_requested = 0,
        taken_back = NULL
    FROM chosen
    WHERE jobs.id = chosen.id AND jobs.state = 'queued'
    RETURNING jobs.id, jobs.epoch, jobs.sweep, jobs.estimated_seconds
),
opened AS (
    INSERT INTO attempts (job_id, epoch, worker_id, started_at_ms)
    SELECT id, epoch, $1, {now}
    FROM claimed
)
SELECT
    j.id, j.epoch, $1 AS worker_id, j.sweep, j.estimated_seconds, p.replicate, p.parameters, s.max_job_ms,
    c.data AS checkpoint, c.file AS checkpoint_file
FROM claimed AS j
JOIN sweeps AS s ON s.name = j.sweep
JOIN job_parameters AS p ON p.job_id = j.id
LEFT JOIN checkpoints AS c ON c.job_id = j.id
