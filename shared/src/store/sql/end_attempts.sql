-- $1 outcome.
UPDATE attempts
SET outcome = $1, ended_at_ms = {now}
WHERE outcome IS NULL
    AND (job_id, epoch) IN (SELECT column1, column2 FROM {rows: text, bigint})
