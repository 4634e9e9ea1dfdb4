INSERT INTO trajectory (job_id, step, loss, active_fraction, fraction_active_units)
SELECT column1, column2, column3, column4, column5
FROM {rows: text, bigint, double precision, double precision, double precision}
