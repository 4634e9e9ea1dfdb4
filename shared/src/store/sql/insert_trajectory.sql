-- $1 job.
INSERT INTO trajectory (job_id, step, loss, active_fraction, fraction_active_units)
SELECT $1, column1, column2, column3, column4
FROM {rows: bigint, double precision, double precision, double precision}
