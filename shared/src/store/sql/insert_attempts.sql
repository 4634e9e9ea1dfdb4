-- $1 worker.
INSERT INTO attempts (job_id, epoch, worker_id, started_at_ms)
SELECT column1, column2, $1, {now}
FROM {rows: text, bigint}
WHERE TRUE
