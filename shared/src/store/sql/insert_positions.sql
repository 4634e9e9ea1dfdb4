INSERT INTO positions (job_id, step, x, y)
SELECT column1, column2, column3, column4
FROM {rows: text, bigint, double precision, double precision}
