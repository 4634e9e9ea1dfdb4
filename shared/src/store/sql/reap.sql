-- $1 lease in ms. Takes back jobs whose worker fell silent, but
-- - not before the database itself has been up for one lease: nobody could renew before that;
-- - when more than half of all leases have expired at once, the workers were cut off rather than
--   killed: each gets one more lease;
-- - the epoch stays, so that a worker that is alive after all can take its job back.
WITH leases AS (
    SELECT
        count(*) AS held,
        count(CASE WHEN lease_until_ms < {now} THEN 1 END) AS expired
    FROM jobs
    WHERE state = 'running'
),
silent AS MATERIALIZED (
    SELECT j.id
    FROM jobs AS j
    WHERE j.state = 'running'
        AND j.lease_until_ms < {now}
        AND {now} - {database_started} > $1
        AND (
            (SELECT held FROM leases) < 4
            OR (SELECT expired * 2 <= held FROM leases)
            OR j.lease_until_ms < {now} - $1
        )
    ORDER BY j.id
    LIMIT 64
    {skip_locked}
)
UPDATE jobs
SET crashes = jobs.crashes + 1,
    owner = NULL,
    lease_until_ms = NULL,
    epoch = jobs.epoch + jobs.cancel_requested,
    taken_back = CASE WHEN jobs.cancel_requested = 1 THEN NULL ELSE 'lease_expired' END,
    state = CASE
        WHEN jobs.cancel_requested = 1 THEN 'cancelled'
        WHEN jobs.crashes + 1 >= s.max_crashes THEN 'dead'
        ELSE 'queued'
    END,
    available_at_ms = {now} + {crash_delay}
FROM silent, sweeps AS s
WHERE jobs.id = silent.id
    AND s.name = jobs.sweep
    AND jobs.state = 'running'
    AND jobs.lease_until_ms < {now}
RETURNING jobs.id, jobs.epoch, jobs.state, jobs.sweep
