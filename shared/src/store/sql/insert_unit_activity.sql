INSERT INTO unit_activity (job_id, step, active_samples)
SELECT column1, column2, column3
FROM {rows: text, bigint, text}
