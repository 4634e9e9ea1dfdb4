INSERT INTO eigenvalues (job_id, step, eigenvalues)
SELECT column1, column2, column3
FROM {rows: text, bigint, text}
