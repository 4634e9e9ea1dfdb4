-- $1 job, $2 epoch, $3 worker, $4 steps of the checkpoint that comes along, or NULL, $5: 1 if the simulation began,
-- else 0.
-- A job that was reaped meanwhile, but not claimed, gets its crash uncounted. An attempt of a minute or more
-- that leaves no further step to go on from is a stall; after three in a row the job is dead. One that waited
-- for a slot all the while is none.
WITH attempt AS MATERIALIZED (
    SELECT
        j.id, j.stalls, j.steps_kept, {now} - a.started_at_ms AS lasted_ms,
        COALESCE(
            CAST($4 AS BIGINT),
            (SELECT c.steps_done FROM checkpoints AS c WHERE c.job_id = j.id),
            0
        ) AS steps
    FROM jobs AS j
    JOIN attempts AS a ON a.job_id = j.id AND a.epoch = j.epoch
    WHERE j.id = $1 AND j.epoch = $2 AND a.worker_id = $3
),
judged AS MATERIALIZED (
    SELECT
        id,
        CASE WHEN steps > steps_kept THEN steps ELSE steps_kept END AS steps_kept,
        CASE
            WHEN steps > steps_kept THEN 0
            WHEN lasted_ms < 60000 OR $5 = 0 THEN stalls
            ELSE stalls + 1
        END AS stalls
    FROM attempt
)
UPDATE jobs
SET preemptions = jobs.preemptions + 1,
    crashes = jobs.crashes - CASE WHEN jobs.taken_back = 'lease_expired' THEN 1 ELSE 0 END,
    taken_back = NULL,
    epoch = jobs.epoch + 1,
    owner = NULL,
    lease_until_ms = NULL,
    deadline_at_ms = NULL,
    stalls = judged.stalls,
    steps_kept = judged.steps_kept,
    state = CASE
        WHEN jobs.cancel_requested = 1 THEN 'cancelled'
        WHEN judged.stalls >= 3 THEN 'dead'
        ELSE 'queued'
    END,
    available_at_ms = {now}
FROM judged
WHERE jobs.id = judged.id
    AND jobs.epoch = $2
    AND jobs.epoch > 0
    AND jobs.state IN ('running', 'queued', 'dead')
    AND jobs.taken_back IS DISTINCT FROM 'timeout'
RETURNING jobs.sweep, jobs.state
