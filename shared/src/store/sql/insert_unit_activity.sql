-- $1 job.
INSERT INTO unit_activity (job_id, step, active_samples)
SELECT $1, column1, column2
FROM {rows: bigint, text}
