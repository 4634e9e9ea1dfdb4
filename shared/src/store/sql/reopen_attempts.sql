-- After a heartbeat: an attempt whose lease was renewed has not expired.
UPDATE attempts
SET outcome = NULL, ended_at_ms = NULL
WHERE outcome = 'lease_expired'
    AND (job_id, epoch) IN (SELECT column1, column2 FROM {rows: text, bigint})
