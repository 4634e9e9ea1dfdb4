-- After a heartbeat: an attempt whose lease was renewed has not ended. Whatever ends one for good
-- raises the epoch, and then there is no renewal.
UPDATE attempts
SET outcome = NULL, ended_at_ms = NULL
WHERE outcome IN ('lease_expired', 'released')
    AND (job_id, epoch) IN (SELECT column1, column2 FROM {rows: text, bigint})
